/// How something is tried again.
public struct RetryPolicy: Sendable, Hashable {
    /// Tries in all, the first one included; at least 1.
    public var attempts: Int
    /// The pause after the first try.
    public var delay: Duration
    /// What each pause is multiplied with for the next one.
    public var factor: Double
    /// The longest pause, before it is moved at random.
    public var maxDelay: Duration
    /// How far a pause is moved at random, as a part of it: 0.2 makes 8 to 12 s of 10 s.
    public var jitter: Double

    /// Sets a policy.
    public init(
        attempts: Int = 5,
        delay: Duration = .milliseconds(500),
        factor: Double = 2,
        maxDelay: Duration = .seconds(30),
        jitter: Double = 0.2
    ) {
        self.attempts = attempts
        self.delay = delay
        self.factor = factor
        self.maxDelay = maxDelay
        self.jitter = jitter
    }

    /// One try.
    public static let none = RetryPolicy(attempts: 1)

    /// The pause before the next try.
    ///
    /// - Parameters:
    ///   - attempt: The tries that failed so far; at least 1.
    ///   - random: A random number from 0 to 1.
    /// - Returns: A duration that is not negative.
    public func pause(after attempt: Int, random: Double) -> Duration {
        var pause = self.delay
        // Stops where the limit is reached, long before a power overflows.
        for _ in 1..<max(1, attempt) where pause < self.maxDelay { pause = pause * self.factor }
        pause = min(pause, self.maxDelay)
        return max(.zero, pause * (1 + self.jitter * (2 * random - 1)))
    }
}
