import DequeModule
import Foundation
import PurserOperations
import Synchronization

/// The bytes of the process in RAM at the latest looks: an hour of them, at the usual interval.
final class ResidentHistory: Sendable {
    private static let capacity = 720

    private struct Look {
        var at: Date
        var bytes: Int64
    }

    private let looks = Mutex<Deque<Look>>([])

    /// Takes a look in.
    func note(_ bytes: Int64, at date: Date) {
        self.looks.withLock { looks in
            if looks.count >= Self.capacity { looks.removeFirst() }
            looks.append(Look(at: date, bytes: bytes))
        }
    }

    /// The memory over the life of an operation that ends now; `nil` before the first look.
    ///
    /// - Parameter start: When the operation began. What was seen last before counts for that moment.
    /// - Returns: Bytes at the start, at the end, and the most between.
    func figures(from start: Date) -> OperationReport.ResidentBytes? {
        self.looks.withLock { looks in
            guard let last = looks.last else { return nil }
            var figures = OperationReport.ResidentBytes(atStart: last.bytes, atEnd: last.bytes, highest: last.bytes)
            for look in looks.reversed() {
                figures.atStart = look.bytes
                figures.highest = max(figures.highest, look.bytes)
                if look.at <= start { break }
            }
            return figures
        }
    }
}
