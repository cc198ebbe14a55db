import Foundation
public import ServiceLifecycle

extension MetricHistory: Service {
    /// Writes once a minute, a second after its end; when its task is cancelled, or on a graceful shutdown, it writes what
    /// there is, and returns.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.run(on: ContinuousClock()) }
    }

    /// Likewise, with the sleep of a clock.
    public func run(on clock: any Clock<Duration>) async {
        while !Task.isCancelled {
            let intoMinute = self.monitor.now.milliseconds % 60_000
            do {
                try await clock.sleep(for: .milliseconds(61_000 - max(0, intoMinute)))
            } catch {
                break  // cancelled
            }
            await self.flush()
        }
        // The task is cancelled, and the catalog would refuse its write: another one does it, and is awaited here.
        await Task { await self.flush(isLast: true) }.value
    }
}
