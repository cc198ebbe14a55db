import Foundation
import Synchronization

/// A time of day that goes on by a millisecond with each look, and further when a test says so.
final class TestTime: Sendable {
    private let milliseconds = Mutex<Int64>(1_800_000_000_000)

    /// What it is now; later at every look, so that whatever was retired is older than the next look.
    func now() -> Date {
        let value = self.milliseconds.withLock { milliseconds in
            milliseconds += 1
            return milliseconds
        }
        return Date(timeIntervalSince1970: Double(value) / 1000)
    }

    func advance(by duration: Duration) {
        self.milliseconds.withLock { $0 += duration.components.seconds * 1000 }
    }
}
