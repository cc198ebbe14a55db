/// Looks again and again.
struct MetricsWatch<Time: Clock>: Sendable where Time.Duration == Duration {
    /// The time from the beginning of a look to that of the next one.
    let interval: Duration
    /// How long after the first look the last one may begin; `nil` for no end.
    let duration: Duration?
    /// What tells the time.
    let clock: Time

    /// Looks until the time is over, or the task is cancelled, which is no failure here.
    ///
    /// - Parameter look: Called with the number of earlier looks.
    /// - Throws: What `look` throws before the task is cancelled.
    func run(_ look: (Int) async throws -> Void) async throws {
        let start = self.clock.now
        var next = start
        var count = 0
        do {
            while true {
                try await look(count)
                count += 1
                next = next.advanced(by: self.interval)
                // A server that is slower than the interval is not asked without a pause.
                if next <= self.clock.now { next = self.clock.now.advanced(by: self.interval) }
                if let duration, start.duration(to: next) > duration { return }
                try await self.clock.sleep(until: next, tolerance: nil)
            }
        } catch {
            // Ctrl-C is how people end it, and can meet a request just as well as the pause.
            guard Task.isCancelled else { throw error }
        }
    }
}
