import Foundation
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserProcessing

/// The content is put where steps read it when the first of them runs, and never without need.
@Suite(.timeLimit(.minutes(1)))
struct ContentSourceTests {
    private struct Unreadable: Error {}

    /// A file whose content is not there yet, and what puts it there.
    private func absent(_ fixture: ExecutionFixture) throws -> (StepInput, @Sendable () async throws -> Void) {
        let input = try fixture.input("content")
        let bytes = try Data(contentsOf: URL(filePath: input.path))
        try FileManager.default.removeItem(atPath: input.path)
        return (
            input,
            { [record = fixture.record] in
                record.add("fetched")
                try bytes.write(to: URL(filePath: input.path))
            }
        )
    }

    /// A step that reads the content.
    private func reading(_ name: String, _ fixture: ExecutionFixture, needs: [String] = []) -> PipelineStep {
        .test(name, needs: needs) { [record = fixture.record] input, _ in
            let text = try String(contentsOf: URL(filePath: input.path), encoding: .utf8)
            record.add(name)
            return StepOutput(values: ["text": .string(text)])
        }
    }

    @Test
    func stepsThatRunSideBySideFetchItOnce() async throws {
        try await ExecutionFixture.run { fixture in
            let (input, fetch) = try self.absent(fixture)
            let steps = (0..<4).map { self.reading("\($0)", fixture) }
            let pipeline = Pipeline(name: "test", version: "1", steps: steps)
            let outcome = try await fixture.execution(pipeline)
                .run(input, in: try fixture.fileFolder(), fetch: fetch)
            #expect(outcome.state == .succeeded, "\(String(describing: outcome.error))")
            #expect(outcome.steps.allSatisfy { $0.values == ["text": "content"] })
            #expect(fixture.record.all.first == "fetched")
            #expect(fixture.record.count("fetched") == 1)
        }
    }

    @Test
    func whereAllResultsAreKeptNobodyFetchesIt() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open()
            let pipeline = Pipeline.test(
                self.reading("a", fixture.work),
                self.reading("b", fixture.work, needs: ["a"])
            )
            for run in 1...2 {
                let (input, fetch) = try self.absent(fixture.work)
                let outcome = try await fixture.work.execution(pipeline, cache: cache)
                    .run(input, in: try fixture.work.fileFolder(), fetch: fetch)
                #expect(outcome.isCached == (run == 2))
                #expect(fixture.work.record.all == ["fetched", "a", "b"])
            }
        }
    }

    @Test
    func aStepThatReadsItNotDoesWithout() async throws {
        try await ExecutionFixture.run { fixture in
            let (input, fetch) = try self.absent(fixture)
            var step = PipelineStep.test("a") { _, _ in StepOutput() }
            step.work = UnreadingStep()
            let outcome = try await fixture.execution(.test(step))
                .run(input, in: try fixture.fileFolder(), fetch: fetch)
            #expect(outcome.state == .succeeded)
            #expect(fixture.record.all.isEmpty)
        }
    }

    /// Nothing that the pipeline says about failures of the step counts, as no other could do better.
    @Test
    func whatCannotBeFetchedEndsTheFile() async throws {
        try await ExecutionFixture.run { fixture in
            let (input, _) = try self.absent(fixture)
            let tries = Mutex(0)
            let spare = self.reading("spare", fixture).standIn
            let pipeline = Pipeline.test(
                self.reading("a", fixture).with { $0.onError = .skip },
                self.reading("b", fixture).falling(to: "spare"),
                self.reading("c", fixture, needs: ["a"]),
                spare
            ).with { $0.handlers = ["content_unavailable": .skip] }
            let outcome = try await fixture.execution(pipeline).run(
                input,
                in: try fixture.fileFolder(),
                fetch: {
                    tries.withLock { $0 += 1 }
                    throw Unreadable()
                }
            )
            #expect(outcome.state == .failed)
            #expect(outcome.error?.code == "content_unavailable")
            #expect(tries.withLock { $0 } == 1)
            #expect(fixture.record.all.isEmpty)
            #expect(outcome.step("c")?.state == .notRun)
        }
    }

    @Test
    func cancellingEndsTheFetching() async throws {
        try await ExecutionFixture.run { fixture in
            let (input, _) = try self.absent(fixture)
            let (begun, never) = (Gate(), Gate())
            let pipeline = Pipeline.test(self.reading("a", fixture), self.reading("b", fixture))
            let folder = try fixture.fileFolder()
            let run = Task {
                try await fixture.execution(pipeline).run(
                    input,
                    in: folder,
                    fetch: {
                        begun.open()
                        try await never.waitOrThrow()
                    }
                )
            }
            await begun.wait()
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            #expect(fixture.record.all.isEmpty)
        }
    }
}

/// A step that looks at nothing.
private struct UnreadingStep: ProcessingStep {
    var readsContent: Bool { false }

    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput { StepOutput() }
}
