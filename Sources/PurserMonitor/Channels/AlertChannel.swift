import Foundation
import Logging
public import ServiceLifecycle
import Synchronization

/// One way to tell people of alerts: a bounded queue, and a task of its own that empties it.
///
/// Whoever offers never waits. A message is tried several times, with longer and longer waits; those behind it wait
/// meanwhile, and what finds the queue full is dropped. All of that is counted, and every message given up is logged.
public final class AlertChannel: Service {
    /// Delivers one message, or throws.
    typealias Deliver = @Sendable (AlertNotification) async throws -> Void
    /// Sets up what deliveries need, lends it for the time of a body, and tears it down.
    typealias Session = @Sendable (_ serve: @Sendable (@escaping Deliver) async throws -> Void) async throws -> Void

    /// What came of a channel's messages since the start.
    public struct Figures: Sendable, Hashable {
        /// Messages that were delivered.
        public var delivered = 0
        /// Messages given up after their last attempt.
        public var failed = 0
        /// Attempts that failed and were followed by another.
        public var retries = 0
        /// Messages dropped, as too many waited.
        public var dropped = 0
        /// Messages that wait or are at work.
        public var waiting = 0
        /// What the last failed attempt said.
        public var lastError: String?
    }

    /// The channel's name, in logs and figures: `log`, `email`, or what the webhook is called.
    public let name: String
    /// Alerts below it are not told.
    public let minimumSeverity: AlertSeverity
    private let configuration: DeliveryConfiguration
    private let clock: any Clock<Duration>
    private let random: @Sendable () -> Double
    private let logger: Logger
    private let session: Session
    private let messages: AsyncStream<AlertNotification>
    private let queue: AsyncStream<AlertNotification>.Continuation
    private let state = Mutex(Figures())

    init(
        name: String,
        minimumSeverity: AlertSeverity,
        configuration: DeliveryConfiguration,
        clock: any Clock<Duration>,
        random: @escaping @Sendable () -> Double,
        logger: Logger,
        session: @escaping Session
    ) {
        self.name = name
        self.minimumSeverity = minimumSeverity
        self.configuration = configuration
        self.clock = clock
        self.random = random
        self.logger = logger
        self.session = session
        (self.messages, self.queue) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(configuration.queueCapacity)
        )
    }

    /// What came of its messages since the start.
    public var figures: Figures { self.state.withLock { $0 } }

    /// Puts a message in the queue; never waits.
    ///
    /// - Returns: Whether it is there; `false` where the queue is full, or the alert not severe enough.
    @discardableResult
    public func offer(_ notification: AlertNotification) -> Bool {
        guard notification.alert.severity >= self.minimumSeverity else { return false }
        // Counted before, as it may be delivered before `yield` returns.
        self.state.withLock { $0.waiting += 1 }
        if case .enqueued = self.queue.yield(notification) { return true }
        self.state.withLock { figures in
            figures.waiting -= 1
            figures.dropped += 1
        }
        return false
    }

    /// Delivers what is offered, until its task is cancelled or the service stops.
    ///
    /// To be run once. What still waits at the end is not delivered.
    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await self.session { deliver in
                for await message in self.messages {
                    await self.handle(message, deliver)
                    if Task.isCancelled { return }
                }
            }
        }
    }

    /// Runs as ``run()`` does; what ends it early is logged.
    func runUntilTheEnd() async {
        do {
            try await self.run()
        } catch is CancellationError {
            return
        } catch {
            self.logger.error(
                "channel of alerts stopped",
                metadata: ["purser.channel": "\(self.name)", "purser.error": "\(error)"]
            )
        }
    }

    private func handle(_ message: AlertNotification, _ deliver: @escaping Deliver) async {
        defer { self.state.withLock { $0.waiting -= 1 } }
        var failures = 0
        while true {
            guard let failure = await self.attempt(message, deliver) else {
                self.state.withLock { $0.delivered += 1 }
                return
            }
            // The end of the service is no failure of the receiver.
            guard !Task.isCancelled else { return }
            failures += 1
            self.state.withLock { $0.lastError = failure.description }
            guard failure.isTransient, failures < self.configuration.attempts else {
                self.giveUp(message, after: failures, failure)
                return
            }
            self.state.withLock { $0.retries += 1 }
            self.logger.debug(
                "alert will be tried again",
                metadata: ["purser.channel": "\(self.name)", "purser.error": "\(failure)"]
            )
            let delay = self.configuration.delay(after: failures, fraction: self.random())
            let asked = min(failure.retryAfter ?? .zero, DeliveryConfiguration.maximumDelay)
            do {
                try await self.clock.sleep(for: max(delay, asked))
            } catch {
                return  // cancelled
            }
        }
    }

    /// Tries once; `nil` when it worked.
    private func attempt(_ message: AlertNotification, _ deliver: @escaping Deliver) async -> DeliveryError? {
        do {
            try await withTimeLimit(self.configuration.timeout, clock: self.clock) { try await deliver(message) }
            return nil
        } catch let error as DeliveryError {
            return error
        } catch {
            return DeliveryError(description: "\(error)", isTransient: true)
        }
    }

    private func giveUp(_ message: AlertNotification, after attempts: Int, _ failure: DeliveryError) {
        self.state.withLock { $0.failed += 1 }
        self.logger.warning(
            "alert could not be delivered",
            metadata: [
                "purser.channel": "\(self.name)", "purser.alert.id": "\(message.alert.id)",
                "purser.attempts": "\(attempts)", "purser.error": "\(failure)",
            ]
        )
    }
}
