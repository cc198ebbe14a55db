import PurserProcessing
import PurserTestSupport
import Testing

/// How soon a program ends: measured by the clock, so these tests run when no others do (`scripts/test.sh`).
@Suite(.serialized, .timeLimit(.minutes(1)))
struct ToolPromptnessTests {
    @Test func cancellingEndsAProgramThatIgnoresIt() async throws {
        try await withBench { bench in
            let started = Gate()
            let script = "trap '' TERM; sleep 1000 & echo ::progress 0.5; while :; do sleep 1; done"
            let run = Task {
                try await bench.runner.run(bench.shell(script) { _, _ in started.open() })
            }
            await started.wait()
            let begin = ContinuousClock.now
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            // Half a second of it is grace.
            #expect(begin.duration(to: .now) < .seconds(2))
            #expect(bench.left == [])
        }
    }

    @Test func aProgramThatIgnoresSignalsIsEndedAtItsLimit() async throws {
        try await withBench { bench in
            let begin = ContinuousClock.now
            let script = "trap '' TERM INT HUP; while :; do sleep 1; done"
            let command = bench.shell(script, limits: StepLimits(time: .milliseconds(300)))
            let failure = try await failure { try await bench.runner.run(command) }
            #expect(failure?.code == "timed_out")
            #expect(bench.left == [])
            #expect(begin.duration(to: .now) < .seconds(2))
        }
    }
}
