public import PurserCatalog
public import PurserOperations
import PurserStore

/// What is running and what is stored, now.
public struct SystemMetrics: Sendable {
    /// Slots, queue and memory.
    public var resources: ResourceMetrics
    /// Memory of the process that is in RAM, in bytes; `nil` where the machine does not tell.
    public var residentBytes: Int64?
    /// Files, buckets and bytes.
    public var storage: CatalogTotals
    /// Share of the quota, or of the disk where there is none, that the store's bytes take; 0–100.
    public var utilizationPercent: Double
    /// Alerts that are firing.
    public var activeAlerts: Int
}

extension FileStorageManager {
    /// Measures the service.
    ///
    /// ```swift
    /// let metrics = try manager.systemMetrics()
    /// print("\(metrics.resources.active) of \(metrics.resources.limit) slots, \(metrics.storage.files) files")
    /// ```
    ///
    /// Costs a `statvfs`, a read of `/proc`, and counters.
    public func systemMetrics() throws -> SystemMetrics {
        let totals = try self.store.totals()
        let whole = try self.configuration.storage.quota ?? self.store.space().diskBytes
        return SystemMetrics(
            resources: self.resources.metrics(),
            residentBytes: ResidentMemory.current(),
            storage: totals,
            utilizationPercent: whole > 0 ? min(100, Double(totals.physicalBytes) / Double(whole) * 100) : 0,
            activeAlerts: 0
        )
    }
}
