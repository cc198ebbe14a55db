import Foundation

/// How often alerts are told: each rule and subject once in an interval, and so many a minute in all.
struct NotificationLimit: Sendable {
    private struct Key: Hashable {
        var rule: String
        var subject: String
    }

    let interval: TimeInterval
    let perMinute: Int
    private var toldAt: [Key: Date] = [:]
    private var tokens: Double
    private var refilledAt: Date?

    init(interval: TimeInterval, perMinute: Int) {
        self.interval = interval
        self.perMinute = perMinute
        self.tokens = Double(perMinute)
    }

    /// Whether an alert may be told now; then it counts as told.
    mutating func allows(_ alert: Alert, at now: Date) -> Bool {
        let key = Key(rule: alert.rule, subject: alert.subject)
        if let last = self.toldAt[key], abs(now.timeIntervalSince(last)) < self.interval { return false }
        guard self.tokens >= 1 else { return false }
        self.tokens -= 1
        if self.interval > 0 { self.toldAt[key] = now }
        return true
    }

    /// Gives back what the time since the last call has earned, and forgets what no longer counts.
    mutating func refill(at now: Date) {
        if let refilledAt, now > refilledAt {
            let earned = now.timeIntervalSince(refilledAt) / 60 * Double(self.perMinute)
            self.tokens = min(Double(self.perMinute), self.tokens + earned)
        }
        self.refilledAt = now
        self.toldAt = self.toldAt.filter { abs(now.timeIntervalSince($0.value)) < self.interval }
    }
}
