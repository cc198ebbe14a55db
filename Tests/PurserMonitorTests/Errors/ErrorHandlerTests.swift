import Foundation
import Logging
import PurserMonitor
import PurserTestSupport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ErrorHandlerTests {
    private struct Refusal: Error {}

    /// What the log says of each error once its end is known.
    private struct Endings {
        let stream: AsyncStream<Bool>
        let onSettled: @Sendable (Bool) -> Void

        init() {
            let (stream, continuation) = AsyncStream<Bool>.makeStream()
            self.stream = stream
            self.onSettled = { _ = continuation.yield($0) }
        }

        func first(_ count: Int) async -> [Bool] {
            var endings: [Bool] = []
            guard count > 0 else { return [] }
            for await ending in self.stream {
                endings.append(ending)
                if endings.count == count { break }
            }
            return endings
        }
    }

    private func entry(_ code: String) -> ErrorEntry { ErrorEntry(code: code, message: "no", time: .after(0)) }

    @Test
    func handlerOfTheCodeMakesItGood() async throws {
        let endings = Endings()
        let log = ErrorLog(logger: .unheard, onSettled: endings.onSettled)
        log.onError("a") { entry in entry.code == "a" ? .recovered : .unhandled }
        #expect(log.record(self.entry("a")).recovery == .pending)
        #expect(log.record(self.entry("b")).recovery == .unhandled)
        try await whileRunning({ try await log.run() }) {
            #expect(await endings.first(2) == [false, true])
        }
        #expect(log.entries().map(\.recovery) == [.unhandled, .recovered])
        #expect(log.figures(at: .after(0)).recoveryRatePercent == 50)
    }

    @Test
    func nextHandlerIsAskedWhereOneFails() async throws {
        let endings = Endings()
        let asked = Mutex<[Int]>([])
        let log = ErrorLog(logger: .unheard, onSettled: endings.onSettled)
        log.onError("a") { _ in
            asked.withLock { $0.append(1) }
            throw Refusal()
        }
        log.onError("a") { _ in
            asked.withLock { $0.append(2) }
            return .unhandled
        }
        log.onError("a") { _ in
            asked.withLock { $0.append(3) }
            return .recovered
        }
        log.record(self.entry("a"))
        try await whileRunning({ try await log.run() }) {
            #expect(await endings.first(1) == [true])
        }
        #expect(asked.withLock { $0 } == [1, 2, 3])
    }

    @Test
    func removedHandlerIsNotAsked() {
        let log = ErrorLog(logger: .unheard)
        let id = log.onError("a") { _ in .recovered }
        log.removeHandler(id)
        #expect(log.record(self.entry("a")).recovery == .unhandled)
    }

    @Test
    func slowHandlerIsCancelledAtItsTime() async throws {
        let endings = Endings()
        let clock = StepClock()
        let log = ErrorLog(
            handlerTimeout: .seconds(5),
            clock: clock,
            logger: .unheard,
            onSettled: endings.onSettled
        )
        let never = Gate()
        log.onError("a") { _ in
            try await never.waitOrThrow()
            return .recovered
        }
        log.record(self.entry("a"))
        try await whileRunning({ try await log.run() }) {
            await clock.waitForSleepers()
            clock.advance(by: .seconds(5))
            #expect(await endings.first(1) == [false])
        }
        #expect(log.entries().map(\.recovery) == [.unhandled])
    }

    /// As many handlers hang as may work at a time: recording goes on, what waits is bounded, the rest is counted.
    @Test
    func hangingHandlersDelayNobody() async throws {
        let log = ErrorLog(logger: .unheard)
        let never = Gate()
        log.onError("a") { _ in
            try await never.waitOrThrow()
            return .recovered
        }
        try await whileRunning({ try await log.run() }) {
            for _ in 0..<(ErrorLog.queueLimit + 100) { log.record(self.entry("a")) }
            let figures = log.figures(at: .after(0))
            #expect(figures.total == ErrorLog.queueLimit + 100)
            #expect((100 - ErrorLog.handlerLimit - 1...100).contains(figures.dropped))
            #expect(figures.unhandled == figures.dropped)
        }
    }
}
