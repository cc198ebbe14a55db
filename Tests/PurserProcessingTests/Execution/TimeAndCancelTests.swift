import PurserTestSupport
import Synchronization
import Testing

@testable import PurserProcessing

@Suite(.timeLimit(.minutes(1)))
struct TimeAndCancelTests {
    /// A step that lasts until it is cancelled.
    private func lasting(_ name: String, _ fixture: ExecutionFixture, needs: [String] = []) -> PipelineStep {
        .test(name, needs: needs) { [record = fixture.record] _, _ in
            record.add("\(name) begins")
            do {
                try await Gate().waitOrThrow()
            } catch {
                record.add("\(name) ends")
                throw error
            }
            return StepOutput()
        }
    }

    @Test
    func aStepEndsExactlyAtItsLimit() async throws {
        try await ExecutionFixture.run { fixture in
            let clock = StepClock()
            let step = self.lasting("a", fixture).with { $0.limits.time = .seconds(10) }
            async let running = fixture.run(.test(step, fixture.making("b", needs: ["a"])), clock: clock)
            await clock.waitForSleepers()
            clock.advance(by: .seconds(10))
            let outcome = try await running
            #expect(outcome.state == .timedOut)
            #expect(outcome.error?.code == "timed_out")
            #expect(outcome.error?.step == "a")
            #expect(outcome.step("a")?.duration == .seconds(10))
            #expect(outcome.states == [.failed, .notRun])
            #expect(fixture.record.all == ["a begins", "a ends"])
        }
    }

    @Test
    func aStepWithinItsLimitIsLeftAlone() async throws {
        try await ExecutionFixture.run { fixture in
            let clock = StepClock()
            let gate = Gate()
            let step = PipelineStep.test("a") { _, _ in
                try await gate.waitOrThrow()
                return StepOutput()
            }
            let limited = step.with { $0.limits.time = .seconds(10) }
            async let running = fixture.run(.test(limited), clock: clock)
            await clock.waitForSleepers()
            clock.advance(by: .milliseconds(9_999))
            gate.open()
            let outcome = try await running
            #expect(outcome.state == .succeeded)
            #expect(outcome.duration == .milliseconds(9_999))
        }
    }

    @Test(arguments: [(nil, 5), (7, 5), (3, 3)] as [(Int?, Int)])
    func aFileEndsAtTheShorterOfItsLimits(_ given: Int?, _ seconds: Int) async throws {
        try await ExecutionFixture.run { fixture in
            let clock = StepClock()
            let pipeline = Pipeline.test(
                fixture.making("a"),
                self.lasting("b", fixture, needs: ["a"]),
                self.lasting("c", fixture, needs: ["a"]),
                fixture.making("d", needs: ["b", "c"])
            ).with { $0.timeout = .seconds(5) }
            let execution = fixture.execution(pipeline, timeout: given.map { .seconds($0) }, clock: clock)
            let (input, folder) = (try fixture.input(), try fixture.fileFolder())
            async let running = execution.run(input, in: folder)
            // The file's timer and those of two steps.
            await clock.waitForSleepers(3)
            clock.advance(by: .seconds(seconds))
            let outcome = try await running
            #expect(outcome.state == .timedOut)
            #expect(outcome.error?.step == nil)
            #expect(outcome.duration == .seconds(seconds))
            #expect(outcome.states == [.succeeded, .cancelled, .cancelled, .notRun])
            #expect(outcome.outputs.isEmpty)
            #expect(Set(fixture.record.all).isSuperset(of: ["b ends", "c ends"]))
        }
    }

    @Test
    func aCancelledFileEndsWhenItsStepsHave() async throws {
        try await ExecutionFixture.run { fixture in
            let clock = StepClock()
            let pipeline = Pipeline.test(self.lasting("a", fixture), self.lasting("b", fixture))
            let task = Task { try await fixture.run(pipeline, clock: clock) }
            await clock.waitForSleepers(2)
            while !Task.isCancelled, fixture.record.all.count < 2 { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(Set(fixture.record.all) == ["a begins", "b begins", "a ends", "b ends"])
        }
    }

    @Test
    func aPauseIsCancelledToo() async throws {
        try await ExecutionFixture.run { fixture in
            let clock = StepClock()
            let busy = StepFailure("busy", "", isTransient: true)
            let task = Task { try await fixture.run(.test(fixture.failing("a", busy)), clock: clock) }
            await clock.waitForSleepers()
            while !Task.isCancelled, fixture.record.all.isEmpty { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(fixture.record.all == ["a"])
        }
    }

    @Test
    func aFailureEndsWhatRunsBesideIt() async throws {
        try await ExecutionFixture.run { fixture in
            let step = PipelineStep.test("b") { _, _ in
                while !Task.isCancelled, !fixture.record.all.contains("a begins") { await Task.yield() }
                throw StepFailure("broken", "it is broken", severity: .critical)
            }
            let outcome = try await fixture.run(.test(self.lasting("a", fixture), step, fixture.making("c")))
            #expect(outcome.state == .failed)
            #expect(outcome.error?.step == "b")
            #expect(outcome.error?.severity == .critical)
            #expect(outcome.states == [.cancelled, .failed, .notRun])
            #expect(fixture.record.all == ["a begins", "a ends"])
        }
    }

    @Test
    func twoStepsOfAFileRunAtTheSameTime() async throws {
        try await ExecutionFixture.run { fixture in
            let counts = Mutex((now: 0, most: 0))
            let gate = Gate()
            let steps = (0..<6).map { number in
                PipelineStep.test("s\(number)") { _, _ in
                    let now = counts.withLock { counts in
                        counts.now += 1
                        counts.most = max(counts.most, counts.now)
                        return counts.now
                    }
                    if now == 2 { gate.open() }
                    try await gate.waitOrThrow()
                    counts.withLock { $0.now -= 1 }
                    return StepOutput()
                }
            }
            let outcome = try await fixture.run(Pipeline(name: "a", version: "1", steps: steps))
            #expect(outcome.state == .succeeded)
            #expect(counts.withLock { $0.most } == PipelineExecution.maxParallelSteps)
        }
    }

    @Test
    func stepsThatWaitForOneAnotherAreAFailure() async throws {
        try await ExecutionFixture.run { fixture in
            let outcome = try await fixture.run(
                .test(fixture.making("a", needs: ["b"]), fixture.making("b", needs: ["a"]))
            )
            #expect(outcome.error?.code == "bad_pipeline")
            #expect(fixture.record.all.isEmpty)
        }
    }
}
