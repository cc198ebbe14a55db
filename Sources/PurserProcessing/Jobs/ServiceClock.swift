/// How long things take, on whatever clock was given.
struct ServiceClock: Sendable {
    /// The time since this was made; never goes back.
    let elapsed: @Sendable () -> Duration
    /// Sleeps; throws `CancellationError` when the task is cancelled first.
    let sleep: @Sendable (Duration) async throws -> Void

    init(_ clock: any Clock<Duration>) {
        self = Self.make(clock)
    }

    private init(
        elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.elapsed = elapsed
        self.sleep = sleep
    }

    /// Opens the existential once, so that reading the time later costs one call.
    private static func make<Source: Clock>(_ clock: Source) -> Self where Source.Duration == Duration {
        let origin = clock.now
        return Self(
            elapsed: { origin.duration(to: clock.now) },
            sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
        )
    }
}
