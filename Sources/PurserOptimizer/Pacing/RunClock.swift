#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// How long things take, on whatever clock was given.
struct RunClock: Sendable {
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

/// A point in the life of a thread: which one, and how much CPU time it had used.
struct ThreadMark {
    private let thread: pthread_t
    private let cpuTime: Duration

    /// Marks the current thread.
    static func now() -> ThreadMark {
        var time = timespec()
        // Fails for unknown clocks only.
        _ = clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return ThreadMark(
            thread: pthread_self(),
            cpuTime: .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
        )
    }

    /// CPU time since an earlier mark; zero where that was on another thread, as nothing is known then.
    func cpuTime(since earlier: ThreadMark) -> Duration {
        guard pthread_equal(self.thread, earlier.thread) != 0 else { return .zero }
        return max(.zero, self.cpuTime - earlier.cpuTime)
    }
}
