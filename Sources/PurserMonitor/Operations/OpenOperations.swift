import Foundation
public import PurserIdentifiers

/// Names work that was begun with ``OperationLedger/startOperation(_:metadata:)``.
public struct MonitoredOperationID: Sendable, Hashable {
    /// The id under which the work is remembered once it has ended.
    public let operation: OperationID
}

/// Work that was begun and not ended yet.
struct OpenOperations {
    /// How many there may be.
    static let limit = 1_000

    struct Entry {
        let name: String
        let metadata: [String: String]
        let createdAt: Date
        let started: Duration
    }

    private var entries: [MonitoredOperationID: Entry] = [:]

    /// How many there are.
    var count: Int { self.entries.count }

    mutating func add(_ id: MonitoredOperationID, _ entry: Entry) throws(MonitorError) {
        guard self.entries.count < Self.limit else {
            throw MonitorError(
                .tooManyOpenOperations,
                "\(Self.limit) operations were started and not ended: end those first"
            )
        }
        self.entries[id] = entry
    }

    mutating func remove(_ id: MonitoredOperationID) throws(MonitorError) -> Entry {
        guard let entry = self.entries.removeValue(forKey: id) else {
            throw MonitorError(.operationNotOpen, "operation \(id.operation) was not started, or has ended already")
        }
        return entry
    }
}
