import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserProcessing

/// Jobs over files of a real store.
@Suite(.timeLimit(.minutes(2)))
struct JobRunTests {
    private static let copying = Pipeline(name: "test", version: "1", steps: [.copy])

    /// Fails for files whose key says so.
    private static func failing(_ code: String = "broken", handlers: [String: FailureAction] = [:]) -> Pipeline {
        let step = PipelineStep.written("look") { input, _ in
            guard !input.key.text.hasPrefix("bad") else { throw StepFailure(code, "it is broken") }
            return StepOutput()
        }
        return Pipeline(name: "test", version: "1", steps: [step], handlers: handlers)
    }

    @Test
    func resultsLieBesideTheirSourcesWithAReport() async throws {
        try await JobFixture.run { fixture in
            let source = try await fixture.put("a/b.txt", "first")
            try await fixture.put("c", String(repeating: "x", count: 100_000))
            let service = fixture.service([Self.copying])
            let (job, report) = try await service.whileRunning {
                let job = try await service.submit(try .files("a/b.txt", "c"))
                #expect(job.state == .queued)
                return (try await service.ended(job), try service.report(job.id))
            }
            #expect(job.state == .succeeded)
            #expect(job.files.total == 2)
            #expect(job.files.succeeded == 2)
            #expect(job.progress?.fraction == 1)
            #expect(try fixture.keys(".derived") == [".derived/test/a/b.txt/copy.bin", ".derived/test/c/copy.bin"])
            #expect(try await fixture.read(".derived/test/a/b.txt/copy.bin") == "first")
            #expect(try await fixture.read(".derived/test/c/copy.bin").count == 100_000)
            let output = try fixture.store.file(bucket: .default, key: FileKey(".derived/test/a/b.txt/copy.bin"))
            #expect(output.metadata["source"] == "a/b.txt")
            #expect(output.metadata["source_sha256"] == source.blob.hex)
            #expect(output.metadata["pipeline"] == "test 1")
            #expect(output.metadata["job"] == job.id)
            let item = try #require(report.items.first)
            #expect(report.items.map(\.key.text) == ["a/b.txt", "c"])
            #expect(item.state == .succeeded)
            #expect(item.outputs.map(\.key.text) == [".derived/test/a/b.txt/copy.bin"])
            #expect(item.steps.map(\.name) == ["copy"])
            #expect(item.steps.first?.values["bytes"] == .integer(5))
            #expect(item.duration > .zero)
            #expect(report.next == nil)
            let operation = try #require(fixture.tracker.list(kind: .process, limit: 9).snapshots.first)
            #expect(operation.id.description == job.id)
            #expect(operation.state == .succeeded)
        }
    }

    @Test
    func eachFileIsAnOperationToThoseWhoMeasure() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("good", "1")
            try await fixture.put("bad", "2")
            let service = fixture.service([Self.failing()])
            try await service.whileRunning {
                try await service.ended(try await service.submit(try .files("good", "bad")))
            }
            let measured = fixture.reports.all.filter { $0.kind == "process" }
            #expect(measured.map(\.name).sorted() == ["bad", "good"])
            #expect(measured.first { $0.name == "good" }?.state == .succeeded)
            #expect(measured.first { $0.name == "bad" }?.error?.code == "broken")
            #expect(fixture.tracker.list(kind: .process, limit: 9).snapshots.count == 1)
        }
    }

    @Test
    func badFilesStopNoOther() async throws {
        try await JobFixture.run { fixture in
            for key in ["bad1", "good", "bad2"] { try await fixture.put(key, key) }
            let service = fixture.service([Self.failing()])
            let (job, report) = try await service.whileRunning {
                let job = try await service.submit(try .files("bad1", "missing", "good", "bad2"))
                return (try await service.ended(job), try service.report(job.id))
            }
            #expect(job.state == .succeeded)
            #expect(job.files.failed == 3)
            #expect(job.error == nil)
            #expect(report.items.map(\.state) == [.failed, .failed, .succeeded, .failed])
            #expect(report.items.map { $0.error?.code } == ["broken", "not_found", nil, "broken"])
            let failures = fixture.events.all.compactMap { event -> String? in
                if case .fileFailed(let failure) = event { failure.file.key.text } else { nil }
            }
            #expect(failures.sorted() == ["bad1", "bad2", "missing"])
        }
    }

    @Test
    func jobWithoutAnyResultHasFailed() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("bad", "x")
            let service = fixture.service([Self.failing()])
            let job = try await service.whileRunning {
                try await service.ended(try await service.submit(try .files("bad")))
            }
            #expect(job.state == .failed)
            #expect(job.error?.code == "no_results")
            #expect(fixture.tracker.list(kind: .process, limit: 9).snapshots.first?.error?.code == "no_results")
        }
    }

    @Test
    func badFileCanEndTheJob() async throws {
        try await JobFixture.run { fixture in
            for key in ["bad", "good1", "good2"] { try await fixture.put(key, key) }
            let service = fixture.service([Self.failing(handlers: ["broken": .abort])]) {
                $0.workers = 1
                $0.batch = 1
            }
            let (job, report) = try await service.whileRunning {
                let job = try await service.submit(try .files("bad", "good1", "good2"))
                return (try await service.ended(job), try service.report(job.id))
            }
            #expect(job.state == .failed)
            #expect(job.error?.code == "aborted")
            #expect(report.items.map(\.state) == [.failed, .cancelled, .cancelled])
        }
    }

    @Test
    func badFileCanBeMovedAway() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("bad", "x", type: "text/plain", metadata: ["mine": "1"])
            let service = fixture.service([Self.failing(handlers: ["broken": .quarantine])])
            let report = try await service.whileRunning {
                let job = try await service.ended(try await service.submit(try .files("bad")))
                return try service.report(job.id)
            }
            #expect(report.items.first?.state == .quarantined)
            #expect(try fixture.keys() == [".quarantine/bad"])
            let file = try fixture.store.file(bucket: .default, key: FileKey(".quarantine/bad"))
            #expect(file.metadata["error"] == "broken")
            #expect(file.metadata["error_message"] == "it is broken")
            #expect(file.metadata["mine"] == "1")
            #expect(file.contentType == "text/plain")
        }
    }

    @Test
    func prefixOfSeveralPagesIsProcessedWithoutWhatJobsMade() async throws {
        try await JobFixture.run { fixture in
            try await fixture.putMany(1_005, prefix: "in/")
            try await fixture.put(".derived/test/x/copy.bin", "made")
            try await fixture.put(".quarantine/x", "moved")
            let count = Collected<String>()
            let step = PipelineStep.written("count") { input, _ in
                count.add(input.key.text)
                return StepOutput()
            }
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [step])])
            let job = try await service.whileRunning {
                let job = try await service.submit(JobRequest(pipeline: "test", prefix: JobPrefix(prefix: "")))
                return try await service.ended(job)
            }
            #expect(job.files.total == 1_005)
            #expect(job.files.succeeded == 1_005)
            let errors = try [nil, Int64(999)].flatMap { try service.report(job.id, after: $0, limit: 1_000).items }
                .compactMap(\.error)
            #expect(errors == [])
            #expect(count.all.count == 1_005)
            #expect(Set(count.all).count == 1_005)
            let page = try service.report(job.id, after: 999, limit: 1_000)
            #expect(page.items.count == 5)
            #expect(page.items.first?.number == 1_000)
        }
    }

    @Test
    func filesGoInParallelUpToTheWorkers() async throws {
        try await JobFixture.run { fixture in
            try await fixture.putMany(12, prefix: "f")
            let gate = Gate()
            let open = Mutex(0)
            let most = Mutex(0)
            let step = PipelineStep.written("wait") { _, _ in
                let now = open.withLock { count in
                    count += 1
                    return count
                }
                most.withLock { $0 = max($0, now) }
                if now == 3 { gate.open() }
                try await gate.waitOrThrow()
                open.withLock { $0 -= 1 }
                return StepOutput()
            }
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [step])]) { $0.workers = 3 }
            let job = try await service.whileRunning {
                try await service.ended(
                    try await service.submit(JobRequest(pipeline: "test", prefix: JobPrefix(prefix: "f")))
                )
            }
            #expect(job.files.succeeded == 12)
            #expect(most.withLock { $0 } == 3)
        }
    }

    @Test
    func longKeyStillHasAPlaceForItsResults() async throws {
        try await JobFixture.run { fixture in
            let key = String(repeating: "k", count: 1_024)
            try await fixture.put(key, "x")
            let service = fixture.service([Self.copying])
            let report = try await service.whileRunning {
                let job = try await service.ended(try await service.submit(try .files(key)))
                return try service.report(job.id)
            }
            let output = try #require(report.items.first?.outputs.first?.key.text)
            #expect(output.hasPrefix(".derived/test/sha256-"))
            #expect(try await fixture.read(output) == "x")
        }
    }

    @Test
    func fileOfAnotherSourceIsNotReplaced() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            try await fixture.put(".derived/test/a/copy.bin", "a user's")
            let service = fixture.service([Self.copying])
            let report = try await service.whileRunning {
                let job = try await service.ended(try await service.submit(try .files("a")))
                return try service.report(job.id)
            }
            #expect(report.items.first?.error?.code == "output_conflict")
            #expect(try await fixture.read(".derived/test/a/copy.bin") == "a user's")
        }
    }

    @Test
    func fileThatWasReplacedMeanwhileHasNoResult() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let step = PipelineStep.written("replace") { _, context in
                try await fixture.put("a", "y")
                let path = "\(context.folder)/out"
                try Data("z".utf8).write(to: URL(filePath: path))
                return StepOutput(files: [StepFile(name: "out", path: path, contentType: "text/plain")])
            }
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [step])])
            let report = try await service.whileRunning {
                let job = try await service.ended(try await service.submit(try .files("a")))
                return try service.report(job.id)
            }
            #expect(report.items.first?.error?.code == "source_changed")
            #expect(try fixture.keys() == ["a"])
        }
    }

    @Test
    func sameContentIsWorkedOnOnceUnderWhateverName() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "same")
            try await fixture.put("b", "same")
            let seen = Collected<String>()
            let step = PipelineStep.written("copy", isKept: true) { input, context in
                seen.add(input.key.text)
                return try await PipelineStep.copy.work.run(input, context)
            }
            let pipeline = Pipeline(name: "test", version: "1", steps: [step])
            let service = fixture.service([pipeline], keepsResults: true)
            let jobs = try await service.whileRunning {
                let first = try await service.ended(try await service.submit(try .files("a")))
                return [first, try await service.ended(try await service.submit(try .files("b", "a")))]
            }
            #expect(seen.all == ["a"])
            #expect(jobs.map(\.files.cached) == [0, 2])
            #expect(try service.report(jobs[1].id).items.map(\.isCached) == [true, true])
            #expect(try await fixture.read(".derived/test/b/copy.bin") == "same")
        }
    }
}
