import Foundation
import PurserIdentifiers
import PurserOperations
import Synchronization

extension OperationLedger {
    /// Measures work of the program that uses Purser: it counts as an operation of a kind named for it.
    ///
    /// It takes no slot. An error that `body` throws is counted and thrown on; a cancel counts as one.
    ///
    /// - Parameters:
    ///   - name: The kind: from a small set, as it becomes a label; 64 characters count.
    ///   - metadata: Facts to remember, never labels; 16 pairs count.
    ///   - body: The work.
    /// - Returns: What `body` returned.
    /// - Throws: What `body` threw.
    public func withMonitoredOperation<Value>(
        _ name: String,
        metadata: [String: String] = [:],
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        let entry = self.entry(name, metadata)
        let id = OperationID(at: entry.createdAt)
        do {
            let value = try await body()
            self.record(self.report(id, entry, error: nil))
            return value
        } catch {
            self.record(self.report(id, entry, error: error))
            throw error
        }
    }

    /// Begins to measure work that no scope holds; see ``withMonitoredOperation(_:metadata:_:)``.
    ///
    /// - Parameters:
    ///   - name: The kind: from a small set, as it becomes a label; 64 characters count.
    ///   - metadata: Facts to remember, never labels; 16 pairs count.
    /// - Returns: What ends it, with ``endOperation(_:error:)``.
    /// - Throws: ``MonitorError`` `.tooManyOpenOperations` where 1,000 are open.
    public func startOperation(
        _ name: String,
        metadata: [String: String] = [:]
    ) throws(MonitorError) -> MonitoredOperationID {
        let entry = self.entry(name, metadata)
        let id = MonitoredOperationID(operation: OperationID(at: entry.createdAt))
        try self.open.withLock { open throws(MonitorError) in try open.add(id, entry) }
        return id
    }

    /// Ends work that ``startOperation(_:metadata:)`` began, and counts it.
    ///
    /// - Parameters:
    ///   - id: What that call returned; once.
    ///   - error: What ended it, where it did not succeed; a `CancellationError` counts as a cancel.
    /// - Throws: ``MonitorError`` `.operationNotOpen` where it is unknown or has ended.
    public func endOperation(_ id: MonitoredOperationID, error: (any Error)? = nil) throws(MonitorError) {
        let entry = try self.open.withLock { open throws(MonitorError) in try open.remove(id) }
        self.record(self.report(id.operation, entry, error: error))
    }

    /// How many were begun with ``startOperation(_:metadata:)`` and not ended.
    public var openOperations: Int { self.open.withLock { $0.count } }

    private func entry(_ name: String, _ metadata: [String: String]) -> OpenOperations.Entry {
        OpenOperations.Entry(
            name: String(name.prefix(64)),
            metadata: Dictionary(uniqueKeysWithValues: metadata.sorted { $0.key < $1.key }.prefix(16).map { ($0, $1) }),
            createdAt: self.monitor.now,
            started: self.elapsed()
        )
    }

    private func report(_ id: OperationID, _ entry: OpenOperations.Entry, error: (any Error)?) -> OperationReport {
        var report = OperationReport(
            id: id,
            kind: entry.name,
            name: entry.name,
            state: Self.state(after: error),
            error: error.map(OperationSnapshot.Failure.init),
            createdAt: entry.createdAt,
            endedAt: self.monitor.now,
            waited: .zero,
            held: self.elapsed() - entry.started
        )
        report.takesSlot = false
        report.metadata = entry.metadata
        return report
    }

    /// How work ended that ended so.
    static func state(after error: (any Error)?) -> OperationState {
        switch error {
        case nil: .succeeded
        case is CancellationError: .cancelled
        case let error as OperationError where error.code == .operationCancelled: .cancelled
        case let error as OperationError where error.code == .operationTimedOut: .timedOut
        default: .failed
        }
    }
}
