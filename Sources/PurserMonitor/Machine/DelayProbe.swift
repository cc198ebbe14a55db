/// Tells how late something that is due at a steady pace is run: on an event loop, how long that was held up.
///
/// A pure value: who uses it has the loop call ``ran(at:)`` when it gets to what was due.
public struct DelayProbe: Sendable {
    private let interval: Duration
    private var dueAt: Duration

    /// Begins with the first run due after one interval.
    ///
    /// - Parameters:
    ///   - interval: The time between two runs, above zero.
    ///   - now: The time since any start; the same start for all calls.
    public init(interval: Duration, at now: Duration) {
        self.interval = interval
        self.dueAt = now + interval
    }

    /// Notes a run.
    ///
    /// Runs that were missed meanwhile are one delay, not many.
    ///
    /// - Parameter now: When it was run.
    /// - Returns: How late it was, not negative, and when the next is due.
    public mutating func ran(at now: Duration) -> (delay: Duration, next: Duration) {
        let delay = max(.zero, now - self.dueAt)
        self.dueAt = now + self.interval
        return (delay, self.dueAt)
    }
}
