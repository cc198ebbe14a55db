/// A clock read as the time since this value was made, so that pure types need no clock and no instant.
///
/// Two timelines over one clock agree on how long things take, not on when they began.
package struct Timeline: Sendable {
    /// The time since the timeline was made; never goes back.
    package let elapsed: @Sendable () -> Duration
    /// Sleeps until the timeline shows a time.
    ///
    /// Throws `CancellationError` when the task is cancelled first.
    package let sleep: @Sendable (_ until: Duration) async throws -> Void

    /// Begins now.
    package init(_ clock: any Clock<Duration>) {
        self = Self.make(clock)
    }

    private init(
        elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (_ until: Duration) async throws -> Void
    ) {
        self.elapsed = elapsed
        self.sleep = sleep
    }

    /// Opens the existential once, so that reading the time later costs one call.
    private static func make<Source: Clock>(_ clock: Source) -> Self where Source.Duration == Duration {
        let origin = clock.now
        return Self(
            elapsed: { origin.duration(to: clock.now) },
            sleep: { try await clock.sleep(until: origin.advanced(by: $0), tolerance: nil) }
        )
    }
}
