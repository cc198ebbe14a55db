#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// How long the bytes of a content took on their way in.
public struct StagingTimes: Sendable, Hashable {
    /// Working out the digest.
    public var hash: Duration
    /// Writing the bytes, making them durable and putting them in place.
    public var disk: Duration
    /// CPU time of both; zero for a content that stayed in memory.
    public var cpu: Duration

    /// Describes times.
    public init(hash: Duration = .zero, disk: Duration = .zero, cpu: Duration = .zero) {
        self.hash = hash
        self.disk = disk
        self.cpu = cpu
    }
}

/// The start of a piece of work, by the clock and by the calling thread's CPU time.
struct StagingStopwatch {
    private let started = ContinuousClock.now
    private let worked = Self.threadTime()

    /// Adds what has passed since; to be called on the same thread.
    func stop(_ part: WritableKeyPath<StagingTimes, Duration>, of times: inout StagingTimes) {
        times[keyPath: part] += ContinuousClock.now - self.started
        times.cpu += Self.threadTime() - self.worked
    }

    private static func threadTime() -> Duration {
        var time = timespec()
        guard clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
