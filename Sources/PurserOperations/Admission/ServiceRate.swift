/// Counts how many operations end per second, over the last minute.
struct ServiceRate: Sendable {
    /// The window is so many buckets of so long.
    static let bucketSeconds: Int64 = 5
    static let bucketCount = 12

    private var buckets = [Int](repeating: 0, count: Self.bucketCount)
    private var newest: Int64 = 0
    private var total = 0

    /// Notes that one ended.
    mutating func note(at now: Duration) {
        self.move(to: now)
        self.buckets[Int(self.newest) % Self.bucketCount] += 1
        self.total += 1
    }

    /// How many end per second, over up to a minute: from the first bucket in which one ended, so that a time when nothing
    /// was to be done does not count as slowness.
    func rate(at now: Duration) -> Double {
        var present = self
        present.move(to: now)
        var oldest = max(0, present.newest - Int64(Self.bucketCount) + 1)
        while oldest < present.newest, present.buckets[Int(oldest) % Self.bucketCount] == 0 { oldest += 1 }
        let covered = now.inSeconds - Double(oldest * Self.bucketSeconds)
        return Double(present.total) / max(covered, 1)
    }

    /// What is said of the time while nothing ends: worth another try, and not worth a minute.
    static let unmeasured = Duration.seconds(10)

    /// The time in which those that wait and one more are served, in whole seconds, 1 to 60.
    func retryAfter(queued: Int, at now: Duration) -> Duration {
        let rate = self.rate(at: now)
        guard rate > 0 else { return Self.unmeasured }
        return .seconds(min(max((Double(queued + 1) / rate).rounded(.up), 1), 60))
    }

    /// Empties the buckets of times that went by with nothing in them.
    private mutating func move(to now: Duration) {
        let bucket = now.components.seconds / Self.bucketSeconds
        guard bucket > self.newest else { return }
        for step in 1...min(bucket - self.newest, Int64(Self.bucketCount)) {
            let index = Int((self.newest + step) % Int64(Self.bucketCount))
            self.total -= self.buckets[index]
            self.buckets[index] = 0
        }
        self.newest = bucket
    }
}
