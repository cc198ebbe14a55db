import Foundation
import Logging
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserMonitor

@Suite(.timeLimit(.minutes(1)))
struct AlertChannelTests {
    /// A channel whose deliveries a test decides on, and can wait for.
    private final class Bench: Sendable {
        let clock = StepClock()
        let log = LogRecorder()
        let channel: AlertChannel
        private let attempts: AsyncStream<AlertNotification>

        init(
            _ configuration: DeliveryConfiguration = DeliveryConfiguration(),
            deliver: @escaping @Sendable (Int) async throws -> Void
        ) {
            let (stream, continuation) = AsyncStream<AlertNotification>.makeStream()
            self.attempts = stream
            let count = Mutex(0)
            var surroundings = ChannelSurroundings(
                product: "purser",
                clock: self.clock,
                now: { .after(0) },
                logger: self.log.logger
            )
            surroundings.random = { 1 }
            self.channel = surroundings.channel("bench", .warning, configuration) { serve in
                try await serve { notification in
                    let number = count.withLock { count in
                        count += 1
                        return count
                    }
                    continuation.yield(notification)
                    try await deliver(number)
                }
            }
        }

        func run(_ body: () async throws -> Void) async throws {
            let channel = self.channel
            try await whileRunning({ try await channel.run() }, body)
        }

        /// Returns when an attempt has failed and the next one waits for its time.
        func waitForRetry() async {
            _ = await self.log.next("alert will be tried again")
            await self.clock.waitForSleepers()
        }

        func attempt() async -> AlertNotification? {
            for await attempt in self.attempts { return attempt }
            return nil
        }
    }

    @Test
    func failuresAreTriedAgainWithLongerAndLongerWaits() async throws {
        let bench = Bench { _ in throw DeliveryError(description: "no", isTransient: true) }
        try await bench.run {
            #expect(bench.channel.offer(.sample()))
            for seconds in [1.0, 2, 4, 8] {
                await bench.waitForRetry()
                #expect(bench.channel.figures.failed == 0)
                bench.clock.advance(by: .seconds(seconds) - .milliseconds(1))
                await bench.clock.waitForSleepers()
                bench.clock.advance(by: .milliseconds(1))
            }
            let line = await bench.log.next("alert could not be delivered")
            #expect(line?.metadata["purser.attempts"] == "5")
            #expect(line?.metadata["purser.channel"] == "bench")
        }
        #expect(bench.channel.figures.failed == 1)
        #expect(bench.channel.figures.retries == 4)
        #expect(bench.channel.figures.delivered == 0)
        #expect(bench.channel.figures.lastError == "no")
    }

    @Test
    func receiverMayAskForALongerWait() async throws {
        let bench = Bench { attempt in
            if attempt == 1 { throw DeliveryError(description: "", isTransient: true, retryAfter: .seconds(3_600)) }
        }
        try await bench.run {
            bench.channel.offer(.sample())
            #expect(await bench.attempt() != nil)
            await bench.waitForRetry()
            bench.clock.advance(by: .seconds(59))
            await bench.clock.waitForSleepers()
            bench.clock.advance(by: .seconds(1))
            #expect(await bench.attempt() != nil)
        }
        #expect(bench.channel.figures.retries == 1)
    }

    @Test
    func finalFailureIsNotTriedAgain() async throws {
        let bench = Bench { _ in throw DeliveryError(description: "never", isTransient: false) }
        try await bench.run {
            bench.channel.offer(.sample())
            let line = await bench.log.next("alert could not be delivered")
            #expect(line?.metadata["purser.attempts"] == "1")
        }
        #expect(bench.channel.figures.retries == 0)
        #expect(bench.channel.figures.waiting == 0)
    }

    @Test
    func hangingDeliveryIsCutAtItsTime() async throws {
        var configuration = DeliveryConfiguration()
        configuration.attempts = 1
        let never = Gate()
        let bench = Bench(configuration) { _ in try await never.waitOrThrow() }
        try await bench.run {
            bench.channel.offer(.sample())
            _ = await bench.attempt()
            await bench.clock.waitForSleepers()
            bench.clock.advance(by: .seconds(10))
            let line = await bench.log.next("alert could not be delivered")
            #expect(line?.metadata["purser.error"] == "took longer than 10.0 seconds")
        }
    }

    /// One is at work and three wait: the rest is dropped at once, and nobody waits.
    @Test
    func fullQueueDropsAndCounts() async throws {
        var configuration = DeliveryConfiguration()
        configuration.queueCapacity = 3
        let gate = Gate()
        let bench = Bench(configuration) { _ in await gate.wait() }
        try await bench.run {
            #expect(bench.channel.offer(.sample()))
            _ = await bench.attempt()
            let taken = (0..<10).map { _ in bench.channel.offer(.sample()) }
            #expect(taken == [true, true, true] + [Bool](repeating: false, count: 7))
            #expect(bench.channel.figures.dropped == 7)
            #expect(bench.channel.figures.waiting == 4)
            gate.open()
            for _ in 0..<3 { _ = await bench.attempt() }
        }
        #expect(bench.channel.figures.dropped == 7)
        #expect(bench.channel.figures.waiting == 0)
    }

    @Test
    func onlyAlertsOfItsSeverityAreTaken() {
        let bench = Bench { _ in }
        #expect(!bench.channel.offer(.sample(.info)))
        #expect(bench.channel.offer(.sample(.warning)))
        #expect(bench.channel.offer(.sample(.critical)))
        #expect(bench.channel.figures.waiting == 2)
        #expect(bench.channel.figures.dropped == 0)
    }

    @Test
    func hangingChannelDelaysNoOther() async throws {
        let never = Gate()
        let stuck = Bench { _ in try await never.waitOrThrow() }
        let free = Bench { _ in }
        let notifier = Notifier(channels: [stuck.channel, free.channel])
        try await whileRunning({ try await notifier.run() }) {
            notifier.send([.sample(event: .firing), .sample(event: .resolved)])
            #expect(await stuck.attempt()?.event == .firing)
            #expect(await free.attempt()?.event == .firing)
            #expect(await free.attempt()?.event == .resolved)
        }
    }

    @Test
    func logChannelWritesAtTheLevelOfTheAlert() async throws {
        let log = LogRecorder()
        let notifier = Notifier(ChannelConfiguration(), logger: log.logger)
        try await whileRunning({ try await notifier.run() }) {
            notifier.send([.sample(.critical), .sample(.critical, event: .resolved)])
            let fires = try #require(await log.next("alert fires"))
            #expect(fires.level == .critical)
            #expect(fires.metadata["purser.alert.rule"] == "disk_critical")
            #expect(fires.metadata["purser.alert.value"] == "9.5")
            let resolved = await log.next("alert resolved")
            #expect(resolved?.level == .notice)
        }
    }

    @Test(arguments: [(1, 1.0, 1.0), (1, 0, 0.5), (2, 1, 2), (3, 0.5, 3), (7, 1, 60), (20, 1, 60), (20, 0, 30)])
    func waitsDoubleUpToABound(_ failures: Int, _ fraction: Double, _ seconds: Double) {
        #expect(DeliveryConfiguration().delay(after: failures, fraction: fraction) == .seconds(seconds))
    }
}

extension AlertNotification {
    /// A change of an alert about the disk.
    static func sample(
        _ severity: AlertSeverity = .critical,
        event: Event = .firing,
        subject: String = "",
        message: String = "the disk is nearly full"
    ) -> AlertNotification {
        var alert = Alert(
            id: "018bcfe5-7b88-7f87-840d-4b8dc49dd556",
            rule: "disk_critical",
            severity: severity,
            state: .firing,
            subject: subject,
            message: message,
            value: 9.5,
            threshold: 10,
            startedAt: .after(0)
        )
        alert.change(to: event == .resolved ? .resolved : .firing, at: .after(1), because: message)
        return AlertNotification(alert: alert, event: event, at: .after(1))
    }
}
