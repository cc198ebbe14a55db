import Foundation
import PurserBlobs
import PurserMonitor
import PurserTestSupport
import Synchronization

@testable import Purser

/// A time of day that a test moves together with its clock.
final class TestTime: Sendable {
    let clock = StepClock()
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    var now: Date {
        let (seconds, attoseconds) = self.clock.now.offset.components
        return self.start.addingTimeInterval(Double(seconds) + Double(attoseconds) * 1e-18)
    }

    func pass(_ duration: Duration) { self.clock.advance(by: duration) }
}

/// A service whose monitor looks when the test says so.
struct Watched: Sendable {
    let manager: FileStorageManager
    let time: TestTime

    var monitor: ServiceMonitor { self.manager.monitor }

    /// Lets time pass, looking at the machine and the rules every five seconds.
    func pass(_ seconds: Int, _ figures: MachineFigures = MachineFigures()) async {
        for _ in 0..<max(1, seconds / 5) {
            self.time.pass(.seconds(5))
            await self.look(figures)
        }
    }

    /// Looks at everything once.
    func look(_ figures: MachineFigures = MachineFigures()) async {
        await self.monitor.note(figures)
        await self.monitor.lookAtOperations()
        await self.monitor.evaluateAlerts()
    }

    /// The states of the alerts of a rule.
    func states(_ rule: String) -> [AlertState] {
        self.manager.alerts().filter { $0.rule == rule }.map(\.state)
    }
}

/// Opens a service whose time stands still, and whose monitor looks when the test says so.
func withWatched(
    fileSystem: any FileSystem = LocalFileSystem(),
    _ change: (inout PurserConfiguration) -> Void = { _ in },
    _ body: (Watched, FilePath) async throws -> Void
) async throws {
    let time = TestTime()
    let timeOfDay = TimeOfDay { time.now }
    try await withManager(fileSystem: fileSystem, clock: time.clock, timeOfDay: timeOfDay, change) { manager, outside in
        try await body(Watched(manager: manager, time: time), outside)
    }
}
