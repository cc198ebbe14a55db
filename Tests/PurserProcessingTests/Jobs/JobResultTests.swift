import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Testing

@testable import PurserProcessing

/// What of the files beside a source is a user's, and what goes with it.
@Suite(.timeLimit(.minutes(2)))
struct JobResultTests {
    private static let going = Pipeline(name: "test", version: "1", steps: [.copy], removesWithSource: true)
    private static let result = ".derived/test/a/copy.bin"

    /// Fails for all files, which are moved away then.
    private static let quarantining: Pipeline = {
        let step = PipelineStep.written("look") { _, _ in throw StepFailure("broken", "it is broken") }
        return Pipeline(name: "test", version: "1", steps: [step], handlers: ["broken": .quarantine])
    }()

    /// Runs a job over `a`, whose result goes with it.
    private func process(_ fixture: JobFixture) async throws -> ProcessingService {
        try await fixture.put("a", "x")
        let service = fixture.service([Self.going])
        try await service.whileRunning {
            let job = try await service.ended(try await service.submit(try .files("a")))
            #expect(job.state == .succeeded)
        }
        #expect(try fixture.keys() == [Self.result, "a"])
        return service
    }

    /// What a user may do to the place of a result.
    enum Change: CaseIterable {
        case replacing, replacingWithTheSame, removingFirst
    }

    @Test(arguments: Change.allCases, [true, false])
    func fileOfAUserInThePlaceOfAResultIsNeverRemoved(_ change: Change, _ isBefore: Bool) async throws {
        try await JobFixture.run { fixture in
            let service = try await self.process(fixture)
            let (result, text) = (try FileKey(Self.result), change == .replacingWithTheSame ? "x" : "a user's")
            // Before or after the source is gone.
            if !isBefore { try await fixture.store.delete(bucket: .default, key: FileKey("a")) }
            if change == .removingFirst { try await fixture.store.delete(bucket: .default, key: result) }
            try await fixture.put(Self.result, text)
            if isBefore { try await fixture.store.delete(bucket: .default, key: FileKey("a")) }
            await service.removeOrphans()
            #expect(try fixture.keys() == [Self.result])
            #expect(try await fixture.read(Self.result) == text)
        }
    }

    @Test
    func sourceThatCameBackKeepsItsResults() async throws {
        try await JobFixture.run { fixture in
            let service = try await self.process(fixture)
            try await fixture.store.delete(bucket: .default, key: FileKey("a"))
            try await fixture.put("a", "other")
            await service.removeOrphans()
            #expect(try fixture.keys() == [Self.result, "a"])
            // They still go with it.
            try await fixture.store.delete(bucket: .default, key: FileKey("a"))
            await service.removeOrphans()
            #expect(try fixture.keys() == [])
        }
    }

    @Test
    func manyResultsGoWithTheirSources() async throws {
        try await JobFixture.run { fixture in
            try await fixture.putMany(150, prefix: "f")
            let service = fixture.service([Self.going])
            try await service.whileRunning {
                try await service.ended(
                    try await service.submit(JobRequest(pipeline: "test", prefix: JobPrefix(prefix: "f")))
                )
            }
            let sources = try fixture.keys("f")
            #expect(sources.count == 150)
            for key in sources { try await fixture.store.delete(bucket: .default, key: FileKey(key)) }
            // Some in one go, the rest in the next.
            await service.removeOrphans()
            #expect(try fixture.keys().count == 50)
            await service.removeOrphans()
            #expect(try fixture.keys().isEmpty)
        }
    }

    @Test
    func quarantineReplacesNothingThatLiesThere() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put(".quarantine/bad", "a user's", metadata: ["mine": "1"])
            let service = fixture.service([Self.quarantining])
            try await service.whileRunning {
                for text in ["first", "second"] {
                    try await fixture.put("bad", text)
                    let job = try await service.ended(try await service.submit(try .files("bad")))
                    #expect(try service.report(job.id).items.map(\.state) == [.quarantined])
                }
            }
            #expect(try fixture.keys() == [".quarantine/bad", ".quarantine/bad/2", ".quarantine/bad/3"])
            #expect(try await fixture.read(".quarantine/bad") == "a user's")
            #expect(try await fixture.read(".quarantine/bad/2") == "first")
            #expect(try await fixture.read(".quarantine/bad/3") == "second")
            let first = try fixture.store.file(bucket: .default, key: FileKey(".quarantine/bad"))
            #expect(first.metadata == ["mine": "1"])
            let moved = try fixture.store.file(bucket: .default, key: FileKey(".quarantine/bad/3"))
            #expect(moved.metadata["error"] == "broken")
        }
    }

    /// As after a crash between the copy and the removal of the source.
    @Test
    func fileThatWasMovedHalfwayIsNotMovedTwice() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("bad", "first")
            try await fixture.put(".quarantine/bad", "first")
            let service = fixture.service([Self.quarantining])
            try await service.whileRunning {
                let job = try await service.ended(try await service.submit(try .files("bad")))
                #expect(try service.report(job.id).items.map(\.state) == [.quarantined])
            }
            #expect(try fixture.keys() == [".quarantine/bad"])
        }
    }
}
