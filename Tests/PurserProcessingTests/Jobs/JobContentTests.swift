import Foundation
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import SystemPackage
import Testing

@testable import PurserProcessing

/// When the content of a file of a job is read.
@Suite(.timeLimit(.minutes(1)))
struct JobContentTests {
    private static let text = String(repeating: "a whole file. ", count: 10_000)

    /// Replaces the stored bytes of a content by others of the same length.
    private func damage(_ blob: BlobID, of fixture: JobFixture) throws {
        let path = fixture.store.blobs.layout.file(of: blob).string
        let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        defer { try? handle.close() }
        try handle.write(contentsOf: Data(repeating: 0x21, count: size))
    }

    private static func counting(_ seen: Collected<String>) -> Pipeline {
        let step = PipelineStep.written("count", isKept: true) { input, context in
            seen.add(input.key.text)
            let bytes = try Data(contentsOf: URL(filePath: input.path))
            let path = "\(context.folder)/count.txt"
            try Data("\(bytes.count) bytes".utf8).write(to: URL(filePath: path))
            return StepOutput(files: [StepFile(name: "count.txt", path: path, contentType: "text/plain")])
        }
        return Pipeline(name: "test", version: "1", steps: [step])
    }

    /// Had it been read, its damage would have been found.
    @Test
    func fileWhoseResultsAreKeptIsNotRead() async throws {
        try await JobFixture.run { fixture in
            let file = try await fixture.put("a", Self.text)
            try await fixture.put("b", Self.text)
            let seen = Collected<String>()
            let service = fixture.service([Self.counting(seen)], keepsResults: true)
            try await service.whileRunning {
                let first = try await service.ended(try await service.submit(try .files("a")))
                #expect(first.files.succeeded == 1)
                try self.damage(file.blob, of: fixture)
                let second = try await service.ended(try await service.submit(try .files("b", "a")))
                #expect(second.files.succeeded == 2 && second.files.cached == 2)
            }
            #expect(seen.all == ["a"])
            #expect(try await fixture.read(".derived/test/b/count.txt") == "\(Self.text.count) bytes")
        }
    }

    @Test
    func damagedFileEndsWithWhatIsWrongInTheStore() async throws {
        try await JobFixture.run { fixture in
            let file = try await fixture.put("a", Self.text)
            try self.damage(file.blob, of: fixture)
            let seen = Collected<String>()
            var pipeline = Self.counting(seen)
            pipeline.steps[0].onError = .skip
            let service = fixture.service([pipeline], keepsResults: true)
            let report = try await service.whileRunning {
                let job = try await service.submit(try .files("a"))
                try await service.ended(job)
                return try service.report(job.id)
            }
            #expect(report.items.map(\.state) == [.failed])
            #expect(report.items.first?.error?.code == "content_damaged")
            #expect(seen.all.isEmpty)
        }
    }

    /// Nothing is wrong with the store then, and nobody has stopped the job.
    @Test
    func fileThatEndsWhileItIsReadEndsItsJob() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", String(repeating: Self.text, count: 500))
            let impatient = PipelineStep(name: "impatient", uses: "test", retry: .none, work: ImpatientStep())
            let pipeline = Pipeline(name: "test", version: "1", steps: [.copy, impatient])
            let service = fixture.service([pipeline])
            let report = try await service.whileRunning {
                let job = try await service.submit(try .files("a"))
                try await service.ended(job)
                return try service.report(job.id)
            }
            #expect(report.job.state == .failed)
            #expect(report.items.map(\.state) == [.failed])
            #expect(report.items.first?.error?.code == "impatient")
        }
    }
}

/// A step that needs no content, and fails while another one waits for it.
private struct ImpatientStep: ProcessingStep {
    var readsContent: Bool { false }

    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        while !FileManager.default.fileExists(atPath: input.path) {
            try Task.checkCancellation()
            await Task.yield()
        }
        throw StepFailure("impatient", "it does not wait for the content")
    }
}
