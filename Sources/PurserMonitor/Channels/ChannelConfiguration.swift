public import PurserOperations

/// Who is told of alerts.
public struct ChannelConfiguration: Sendable, Hashable {
    /// `monitor.log`: the log.
    public var log = LogChannelConfiguration()
    /// `monitor.webhooks`: addresses that get a POST; at most 20.
    public var webhooks: [WebhookConfiguration] = []
    /// `monitor.email`: mail; none where nobody is to get one.
    public var email: EmailConfiguration?

    /// Takes the defaults: the log only.
    public init() {}

    /// Everything that is wrong with these settings; empty when they can be.
    public func problems() -> [SettingProblem] {
        var problems: [SettingProblem] = []
        if self.webhooks.count > 20 {
            problems.append(
                SettingProblem("monitor.webhooks", got: "\(self.webhooks.count) webhooks", takes: "20 or less")
            )
        }
        for (index, webhook) in self.webhooks.enumerated() {
            problems += webhook.problems(key: "monitor.webhooks[\(index)]")
        }
        return problems + (self.email?.problems() ?? [])
    }
}

/// What the log is told.
public struct LogChannelConfiguration: Sendable, Hashable {
    /// `monitor.log.enabled`: whether it is.
    public var isEnabled = true
    /// `monitor.log.minimum_severity`: alerts below it are not logged.
    public var minimumSeverity = AlertSeverity.info

    /// Takes the defaults.
    public init() {}
}

/// How often and how long a channel tries.
public struct DeliveryConfiguration: Sendable, Hashable {
    /// `timeout`: how long one attempt may take; 100 ms to 10 min.
    public var timeout: Duration = .seconds(10)
    /// `attempts`: how often one message is tried; 1 to 20.
    public var attempts = 5
    /// `retry_delay`: how long it waits after the first failure at most; 10 ms to 1 h.
    ///
    /// It doubles with each further one, up to ``maximumDelay``; each wait is between half of that and all of it.
    public var retryDelay: Duration = .seconds(1)
    /// `queue`: how many messages wait; 1 to 10,000.
    ///
    /// What comes beyond is counted and dropped.
    public var queueCapacity = 100

    /// The longest wait between two attempts.
    public static let maximumDelay: Duration = .seconds(60)

    /// Takes the defaults.
    public init() {}

    func problems(key: String) -> [SettingProblem] {
        var problems: [SettingProblem] = []
        func expect(_ holds: Bool, _ name: String, _ got: some Any, _ takes: String) {
            if !holds { problems.append(SettingProblem("\(key).\(name)", got: "\(got)", takes: takes)) }
        }
        expect(
            (.milliseconds(100)...Duration.seconds(600)).contains(self.timeout),
            "timeout",
            self.timeout,
            "100ms to 10m"
        )
        expect((1...20).contains(self.attempts), "attempts", self.attempts, "1 to 20")
        expect(
            (.milliseconds(10)...Duration.seconds(3600)).contains(self.retryDelay),
            "retry_delay",
            self.retryDelay,
            "10ms to 1h"
        )
        expect((1...10_000).contains(self.queueCapacity), "queue", self.queueCapacity, "1 to 10000")
        return problems
    }

    /// How long to wait before another attempt.
    ///
    /// - Parameters:
    ///   - failures: How many attempts have failed, from 1.
    ///   - fraction: A random number of 0 to 1.
    /// - Returns: From half of the delay to all of it.
    func delay(after failures: Int, fraction: Double) -> Duration {
        var full = self.retryDelay
        for _ in 1..<max(1, failures) where full < Self.maximumDelay { full *= 2 }
        full = min(full, Self.maximumDelay)
        return full / 2 + full / 2 * min(max(fraction, 0), 1)
    }
}
