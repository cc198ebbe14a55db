import Foundation
import PurserIdentifiers
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import PurserProcessing

/// Files whose results are kept from before.
@Suite(.timeLimit(.minutes(2)))
struct CachedRunTests {
    private func pipeline(_ work: ExecutionFixture) -> Pipeline {
        .test(
            work.making("small", isKept: false),
            PipelineStep.test("facts", needs: ["small"]) { input, _ in
                work.record.add("facts")
                let file = try #require(input.earlier["small"]?.files.first)
                let text = try String(contentsOf: URL(filePath: file.path), encoding: .utf8)
                return StepOutput(values: ["text": .string(text)])
            },
            work.making("large", needs: ["facts"])
        )
    }

    @Test
    func theSameContentUnderAnotherNameIsDoneAlready() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open()
            let pipeline = self.pipeline(fixture.work)
            let first = try await fixture.work.run(pipeline, cache: cache)
            #expect(first.state == .succeeded)
            #expect(!first.isCached)
            // From memory, and as another process would from the disk.
            for cache in [cache, try fixture.open()] {
                let input = try fixture.work.input(key: "another/name.txt")
                let again = try await fixture.work.run(pipeline, input, cache: cache)
                #expect(again.isCached)
                #expect(again.state == .succeeded)
                #expect(again.steps.map(\.isCached) == [true, true, true])
                #expect(again.steps.map(\.attempts) == [0, 0, 0])
                #expect(again.steps.map(\.values) == first.steps.map(\.values))
                #expect(again.outputs.map(\.name) == ["large.txt"])
                #expect(try again.texts() == first.texts())
            }
            #expect(fixture.work.record.all == ["small", "facts", "large"])
        }
    }

    @Test
    func keptFilesLieInTheFolderOfTheFile() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open()
            let pipeline = Pipeline.test(
                PipelineStep.test("a") { _, context in
                    var output = try StepOutput.file("x", "text", in: context)
                    output.files[0].name = "deep/down/x.txt"
                    return output
                }
            )
            _ = try await fixture.work.run(pipeline, cache: cache)
            let folder = try fixture.work.fileFolder()
            let again = try await fixture.work.execution(pipeline, cache: cache)
                .run(try fixture.work.input(), in: folder)
            let file = try #require(again.outputs.first)
            #expect(file.path == folder + "/0-kept/deep/down/x.txt")
            // A program that writes into it harms nobody else.
            try Data("changed".utf8).write(to: URL(filePath: file.path))
            cache.dropMemory()
            let third = try await fixture.work.run(pipeline, cache: cache)
            #expect(third.isCached)
            #expect(try third.texts() == ["deep/down/x.txt": "text"])
        }
    }

    @Test(arguments: [
        "content", "content type", "parameter", "version", "pipeline", "settings", "identity", "kind", "tool",
    ])
    func anythingThatMattersIsDoneAnew(_ change: String) async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open()
            func tool(_ version: String) -> Tool { Tool("printf", versionArguments: [version]) }
            let step = fixture.work.making("a").with {
                $0.work = WorkStep(cacheIdentity: "one", tools: [tool("1.0")]) { [record = fixture.work.record] _, _ in
                    record.add("a")
                    return StepOutput()
                }
            }
            var pipeline = Pipeline.test(step)
            pipeline.parameters = [PipelineParameter("width", .integer, default: .integer(1))]
            var input = try fixture.work.input()
            for _ in 0..<2 { _ = try await fixture.work.run(pipeline, input, cache: cache) }
            #expect(fixture.work.record.count("a") == 1)
            switch change {
            case "content": input.content = try fixture.work.input("other").content
            case "content type": input.contentType = "text/html"
            case "parameter": input.parameters = ["width": .integer(2)]
            case "version": pipeline.version = "2"
            case "pipeline": pipeline.name = "other"
            case "settings": pipeline.steps[0].with = ["size": .integer(1)]
            case "kind": pipeline.steps[0].uses = "other"
            default:
                let work = try #require(step.work as? WorkStep)
                let isTool = change == "tool"
                pipeline.steps[0].work = WorkStep(
                    cacheIdentity: isTool ? "one" : "two",
                    tools: [tool(isTool ? "2.0" : "1.0")],
                    work: work.work
                )
            }
            let outcome = try await fixture.work.run(pipeline, input, cache: cache)
            #expect(outcome.state == .succeeded)
            #expect(!outcome.isCached)
            #expect(fixture.work.record.count("a") == 2)
        }
    }

    @Test
    func aStepIsDoneAnewOnlyWhereWhatItGetsHasChanged() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open()
            func pipeline(_ text: String, identity: String) -> Pipeline {
                let first = fixture.work.making("first", text).identified(identity)
                return .test(first, fixture.work.making("second", needs: ["first"]))
            }
            _ = try await fixture.work.run(pipeline("one", identity: "1"), cache: cache)
            // Another way to the same result: what comes after is as it was.
            let same = try await fixture.work.run(pipeline("one", identity: "2"), cache: cache)
            #expect(same.steps.map(\.isCached) == [false, true])
            let other = try await fixture.work.run(pipeline("two", identity: "3"), cache: cache)
            #expect(other.steps.map(\.isCached) == [false, false])
        }
    }

    @Test
    func failuresAndStepsThatActOutsideAreNotKept() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open()
            let outside = PipelineStep.test("post", identity: nil) { _, context in
                fixture.work.record.add("post")
                return try .file("answer", "ok", in: context)
            }
            let failing = fixture.work.failing("a", times: 1, needs: ["b"])
            let pipeline = Pipeline.test(outside, fixture.work.making("b", needs: ["post"]), failing)
            let failed = try await fixture.work.run(pipeline, cache: cache)
            #expect(failed.state == .failed)
            let outcome = try await fixture.work.run(pipeline, cache: cache)
            #expect(outcome.state == .succeeded)
            // What depends on it is kept, as long as it says the same.
            #expect(outcome.step("b")?.isCached == true)
            #expect(fixture.work.record.count("post") == 2)
            #expect(fixture.work.record.count("a") == 2)
        }
    }

    @Test
    func theSameWorkAtTheSameTimeIsDoneOnce() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open()
            let gate = Gate()
            let pipeline = Pipeline.test(
                PipelineStep.test("a") { _, context in
                    fixture.work.record.add("a")
                    try await gate.waitOrThrow()
                    return try .file("a.txt", "made", in: context)
                }
            )
            let outcomes = try await withThrowingTaskGroup(of: FileOutcome.self) { group in
                for number in 0..<8 {
                    let input = try fixture.work.input(key: "\(number)")
                    group.addTask { try await fixture.work.run(pipeline, input, cache: cache) }
                }
                while !Task.isCancelled, cache.flights.waiting < 7 { await Task.yield() }
                gate.open()
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.map(\.state) == Array(repeating: .succeeded, count: 8))
            #expect(outcomes.count(where: \.isCached) == 7)
            for outcome in outcomes { #expect(try outcome.texts() == ["a.txt": "made"]) }
            #expect(fixture.work.record.all == ["a"])
        }
    }

    /// Where the one that works fails, the next one tries.
    @Test
    func waitersTryForThemselvesAfterAFailure() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open()
            let gate = Gate()
            let pipeline = Pipeline.test(
                PipelineStep.test("a") { input, _ in
                    fixture.work.record.add("a")
                    try await gate.waitOrThrow()
                    guard fixture.work.record.count("a") > 1 else { throw StepFailure("broken", "") }
                    return StepOutput()
                }
            )
            async let first = fixture.work.run(pipeline, cache: cache)
            while !Task.isCancelled, fixture.work.record.all.isEmpty { await Task.yield() }
            async let second = fixture.work.run(pipeline, cache: cache)
            let third = Task { try await fixture.work.run(pipeline, cache: cache) }
            while !Task.isCancelled, cache.flights.waiting < 2 { await Task.yield() }
            third.cancel()
            await #expect(throws: CancellationError.self) { try await third.value }
            gate.open()
            let states = try await [first.state, second.state]
            #expect(states == [.failed, .succeeded])
            #expect(cache.flights.waiting == 0)
        }
    }

    @Test
    func aJournalKeepsWhatActedOutsideFromBeingDoneAgain() async throws {
        try await CacheFixture.run { fixture in
            let noted = Mutex<[String: StepOutput]>([:])
            @Sendable func journal() -> StepJournal {
                StepJournal(item: "job 1, file 1", finished: noted.withLock { $0 }) { step, output in
                    noted.withLock { $0[step] = output }
                }
            }
            let failures = Mutex(1)
            let pipeline = Pipeline.test(
                PipelineStep.test("post", identity: nil) { _, _ in
                    fixture.work.record.add("post")
                    return StepOutput(values: ["status": .integer(200)])
                },
                PipelineStep.test("make", needs: ["post"], identity: nil) { _, context in
                    fixture.work.record.add("make")
                    return try .file("made.txt", "made", in: context)
                },
                PipelineStep.test("last", needs: ["make"]) { _, _ in
                    let isFirst = failures.withLock { count in
                        count -= 1
                        return count == 0
                    }
                    if isFirst { throw StepFailure("broken", "") }
                    return StepOutput()
                }
            )
            let cache = try fixture.open()
            let first = try await fixture.work.run(pipeline, cache: cache, journal: journal())
            #expect(first.state == .failed)
            #expect(Set(noted.withLock { $0.keys }) == ["post", "make"])
            // As after a restart: memory is empty, and the folder of the file is gone.
            let again = try await fixture.work.run(pipeline, cache: try fixture.open(), journal: journal())
            #expect(again.state == .succeeded)
            #expect(again.step("post")?.values == ["status": .integer(200)])
            #expect(try again.texts() == ["made.txt": "made"])
            #expect(fixture.work.record.all == ["post", "make"])
            // Another file of the job is another matter.
            var other = journal()
            other.item = "job 1, file 2"
            other.finished = [:]
            _ = try await fixture.work.run(pipeline, cache: cache, journal: other)
            #expect(fixture.work.record.all == ["post", "make", "post", "make"])
        }
    }

    @Test
    func withoutTheFilesOfANotedStepItIsDoneAgain() async throws {
        try await CacheFixture.run { fixture in
            let output = StepOutput(files: [StepFile(name: "a.txt", path: "/gone", contentType: "a/b")])
            let journal = StepJournal(item: "1", finished: ["a": output]) { _, _ in }
            let pipeline = Pipeline.test(fixture.work.making("a", "text").identified(nil))
            let outcome = try await fixture.work.run(pipeline, cache: try fixture.open(), journal: journal)
            #expect(try outcome.texts() == ["a.txt": "text"])
            #expect(fixture.work.record.all == ["a"])
        }
    }
}

extension PipelineStep {
    /// The step with another identity.
    fileprivate func identified(_ identity: String?) -> PipelineStep {
        self.with { step in
            guard var work = step.work as? WorkStep else { return }
            work.cacheIdentity = identity
            step.work = work
        }
    }
}
