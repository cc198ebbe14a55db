/// How often, and when, a request is made again that a busy server refused.
struct RetryPolicy {
    /// Most repetitions.
    static let maxAttempts = 5
    /// Most time spent waiting in all.
    static let maxWait = Duration.seconds(60)

    private var attempts = 0
    private var waited = Duration.zero

    /// How long to wait before the next attempt.
    ///
    /// - Parameters:
    ///   - retryAfter: What the server asked for; without it 1, 2, 4, … s.
    ///   - spread: 0–1; spreads clients that were refused together over up to a fifth more time.
    /// - Returns: `nil` where it is time to give up.
    mutating func nextWait(retryAfter: Duration?, spread: Double) -> Duration? {
        guard self.attempts < Self.maxAttempts else { return nil }
        let base = retryAfter ?? .seconds(1 << self.attempts)
        let wait = max(.zero, base) * (1 + 0.2 * min(1, max(0, spread)))
        // What the server asks for is never cut short: an earlier attempt would be refused as well.
        guard base <= Self.maxWait - self.waited else { return nil }
        self.attempts += 1
        self.waited += wait
        return wait
    }
}
