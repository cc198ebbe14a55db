import Foundation
import Logging
import PurserProcessing
import PurserTestSupport
import Testing

@testable import struct PurserProcessing.CircuitBreaker

struct CircuitBreakerTests {
    @Test func itOpensAfterFailuresInARowOnly() {
        var breaker = CircuitBreaker(threshold: 3, pause: .seconds(30))
        for _ in 0..<2 { breaker.failed(at: .zero) }
        breaker.succeeded()
        for _ in 0..<2 { breaker.failed(at: .zero) }
        let third = breaker.admit(at: .zero)
        #expect(third == .admitted)
        breaker.failed(at: .seconds(1))
        let refused = breaker.admit(at: .seconds(2))
        #expect(refused == .refused(.seconds(29)))
        #expect(breaker.timesOpened == 1)
    }

    @Test func afterThePauseOneMayTry() {
        var breaker = CircuitBreaker(threshold: 1, pause: .seconds(30))
        breaker.failed(at: .zero)
        let trial = breaker.admit(at: .seconds(30))
        let another = breaker.admit(at: .seconds(30))
        #expect(trial == .admitted)
        #expect(another == .refused(.seconds(1)))
        breaker.failed(at: .seconds(31))
        let refused = breaker.admit(at: .seconds(60))
        #expect(refused == .refused(.seconds(1)))
        let again = breaker.admit(at: .seconds(61))
        #expect(again == .admitted)
        breaker.succeeded()
        #expect(breaker.state == .closed)
    }

    @Test func aTrialThatWasCancelledLetsAnotherTry() {
        var breaker = CircuitBreaker(threshold: 1, pause: .seconds(30))
        breaker.failed(at: .zero)
        _ = breaker.admit(at: .seconds(30))
        breaker.withdrew(at: .seconds(30))
        let next = breaker.admit(at: .seconds(30))
        #expect(next == .admitted)
    }

    @Test func aLateSuccessDoesNotCloseIt() {
        var breaker = CircuitBreaker(threshold: 1, pause: .seconds(30))
        breaker.failed(at: .zero)
        breaker.succeeded()
        #expect(breaker.state == .open)
    }

    @Test(.timeLimit(.minutes(1)))
    func aProgramThatCrashesIsLeftAlone() async throws {
        try await withBench { bench in
            for _ in 0..<5 { _ = try await bench.runner.run(bench.shell("kill -SEGV $$")) }
            let refusal = try await failure { try await bench.runner.run(bench.shell("true")) }
            #expect(refusal?.code == "tool_unavailable")
            #expect(refusal?.isTransient == true)
            let figures = try #require(bench.runner.figures.first)
            #expect(figures.program == "sh" && figures.state == .open && figures.failures == 5 && figures.running == 0)
            // Others are not concerned.
            let other = try await bench.runner.run(bench.python("print(1)"))
            #expect(other.isSuccess)
        }
    }

    /// As when the time of a whole step is limited, by whoever runs the step.
    @Test(.timeLimit(.minutes(1)))
    func whoIsCancelledAtItsEndHasHung() async throws {
        let clock = StepClock()
        try await withBench(clock: clock) { bench in
            for time in [10, 60] {
                let run = Task { try await bench.runner.run(bench.shell("sleep 1000")) }
                await clock.waitForSleepers()
                clock.advance(by: .seconds(time) - .milliseconds(1))
                await clock.waitForSleepers()
                run.cancel()
                await #expect(throws: CancellationError.self) { try await run.value }
                #expect(bench.runner.figures.first?.failures == (time == 60 ? 1 : 0))
                #expect(bench.left == [])
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func badFilesDoNotCountAgainstAProgram() async throws {
        try await withBench { bench in
            for _ in 0..<6 { _ = try await bench.runner.run(bench.shell("exit 1")) }
            let result = try await bench.runner.run(bench.shell("exit 0"))
            #expect(result.isSuccess)
        }
    }
}
