/// A token bucket per client: each starts `rate` operations per second, and `burst` at once.
struct ClientRates: Sendable {
    private struct Bucket: Sendable {
        var tokens: Double
        var at: Duration
    }

    private let rate: Double?
    private let burst: Double
    private var buckets: [String: Bucket] = [:]
    private var pruneAt = 1_024

    /// - Parameters:
    ///   - rate: Operations per second; `nil` lets all through.
    ///   - burst: How many at once, at least one; as many as fit a second where there is none.
    init(rate: Double?, burst: Int?) {
        self.rate = rate
        self.burst = max(1, burst.map(Double.init) ?? (rate ?? 1).rounded(.up))
    }

    /// Takes a token.
    ///
    /// Returns whether there was one.
    mutating func take(_ client: String, at now: Duration) -> Bool {
        guard self.rate != nil else { return true }
        var bucket = Bucket(tokens: self.tokens(client, at: now), at: now)
        guard bucket.tokens >= 1 else { return false }
        bucket.tokens -= 1
        self.buckets[client] = bucket
        self.prune(at: now)
        return true
    }

    /// When the client has a token again, in whole seconds from 1 to 60.
    func retryAfter(_ client: String, at now: Duration) -> Duration {
        guard let rate, rate > 0 else { return .seconds(1) }
        let seconds = (max(0, 1 - self.tokens(client, at: now)) / rate).rounded(.up)
        return .seconds(min(max(seconds, 1), 60))
    }

    private func tokens(_ client: String, at now: Duration) -> Double {
        guard let rate, let bucket = self.buckets[client] else { return self.burst }
        return min(self.burst, bucket.tokens + max(0, (now - bucket.at).inSeconds) * rate)
    }

    /// Forgets clients whose bucket is full again: they are as if never seen.
    ///
    /// Spread out by doubling.
    private mutating func prune(at now: Duration) {
        guard self.buckets.count >= self.pruneAt else { return }
        let full = self.buckets.keys.filter { self.tokens($0, at: now) >= self.burst }
        for client in full { self.buckets[client] = nil }
        self.pruneAt = max(1_024, 2 * self.buckets.count)
    }
}
