public import Foundation

/// When something happens again and again.
public enum Schedule: Sendable, Hashable {
    /// At times of the local clocks.
    case cron(CronExpression)
    /// So much time after the last; at least a second.
    case interval(Duration)

    /// The next time after the last.
    ///
    /// - Parameters:
    ///   - date: The last time that was due, exclusive.
    ///   - timeZone: Where the clocks are.
    /// - Returns: `nil` where none comes.
    public func next(after date: Date, in timeZone: TimeZone) -> Date? {
        switch self {
        case .cron(let expression): expression.next(after: date, in: timeZone)
        case .interval(let interval): date + max(1, interval.inSeconds)
        }
    }

    /// The last time that was due, of those after one time and up to another; `nil` where none was.
    ///
    /// What was missed while nobody looked counts once: this is the one to catch up on.
    ///
    /// - Parameters:
    ///   - date: Exclusive.
    ///   - now: Inclusive.
    ///   - timeZone: Where the clocks are.
    /// - Returns: The time, which need not be a recent one.
    public func lastDue(after date: Date, upTo now: Date, in timeZone: TimeZone) -> Date? {
        guard let first = self.next(after: date, in: timeZone), first <= now else { return nil }
        switch self {
        case .interval(let interval):
            let seconds = max(1, interval.inSeconds)
            return first + (now.timeIntervalSince(first) / seconds).rounded(.down) * seconds
        case .cron(let expression):
            // Backwards in growing steps until there is one, so that years of downtime cost no more than a day.
            var span = 86_400.0
            while now - span > first {
                if var due = expression.next(after: now - span, in: timeZone), due <= now {
                    while let next = expression.next(after: due, in: timeZone), next <= now { due = next }
                    return due
                }
                span *= 8
            }
            var due = first
            while let next = expression.next(after: due, in: timeZone), next <= now { due = next }
            return due
        }
    }
}

/// How far a time may be moved, at random, so that many machines do not do the same at the same time.
public struct Jitter: Sendable, Hashable {
    /// The farthest that a time is moved, earlier or later; not negative.
    public var limit: Duration

    /// Describes a jitter.
    public init(_ limit: Duration) {
        self.limit = limit
    }

    /// Moves a time.
    ///
    /// - Parameters:
    ///   - date: A time that is due.
    ///   - position: Where in the range from the earliest, -1, to the latest, 1.
    /// - Returns: The time to do it at.
    public func moved(_ date: Date, to position: Double) -> Date {
        date + self.limit.inSeconds * min(max(position, -1), 1)
    }
}
