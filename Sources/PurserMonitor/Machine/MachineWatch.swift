import Dispatch
import PurserOperations

/// Looks at the machine again and again, on a thread of its own.
public final class MachineWatch: Sendable {
    private let probe: MachineProbe
    private let interval: Duration
    private let timeline: Timeline
    private let thread = DispatchQueue(label: "purser.monitor.machine")

    /// Makes a watch that has not looked yet.
    ///
    /// - Parameters:
    ///   - probe: What looks.
    ///   - interval: The time between two looks; `monitor.machine.every`, above zero.
    ///   - clock: Keeps the interval.
    public init(
        _ probe: MachineProbe,
        interval: Duration = .seconds(5),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.probe = probe
        self.interval = interval
        self.timeline = Timeline(clock)
    }

    /// Looks now, without holding up the caller's thread.
    public func look() async -> MachineFigures {
        await withCheckedContinuation { continuation in
            self.thread.async { continuation.resume(returning: self.probe.look()) }
        }
    }

    /// Looks at once and then at every interval, until the task is cancelled.
    ///
    /// A look that comes late puts off the next ones; none is made up for.
    ///
    /// - Parameter onLook: Gets what was seen; the next look waits for it.
    public func run(_ onLook: (MachineFigures) async -> Void) async {
        while !Task.isCancelled {
            await onLook(await self.look())
            do {
                try await self.timeline.sleep(self.timeline.elapsed() + self.interval)
            } catch {
                return
            }
        }
    }
}
