import NIOCore
import PurserMonitor

/// Measures how late event loops run what was due: how long something held them up.
struct EventLoopWatch {
    private static let interval = TimeAmount.milliseconds(500)

    let group: any EventLoopGroup

    /// Measures until the task is cancelled.
    ///
    /// - Parameter onDelay: Told of each delay, on the event loop: must not block.
    func run(_ onDelay: @escaping @Sendable (Duration) -> Void) async {
        let probes = self.group.makeIterator().map { loop in
            loop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { [due = DueTime(loop)] _ in
                onDelay(due.ran())
            }
        }
        let (never, continuation) = AsyncStream.makeStream(of: Void.self)
        // Ends with the task only.
        for await _ in never {}
        continuation.finish()
        for probe in probes { probe.cancel() }
    }
}

/// When an event loop's next look is due; used on that loop alone.
private final class DueTime: Sendable {
    private let probe: NIOLoopBoundBox<DelayProbe>
    private let start: NIODeadline
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
        self.start = .now()
        self.probe = .makeBoxSendingValue(DelayProbe(interval: .milliseconds(500), at: .zero), eventLoop: loop)
    }

    func ran() -> Duration {
        let now = Duration.nanoseconds((NIODeadline.now() - self.start).nanoseconds)
        return self.probe.value.ran(at: now).delay
    }
}
