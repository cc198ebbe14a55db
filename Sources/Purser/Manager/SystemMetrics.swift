public import PurserCatalog
public import PurserMonitor
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
    /// Ratios, growth, and how long the room will do.
    public var storageFigures: StorageFigures
    /// Share of the quota, or of the disk where there is none, that the store's bytes take; 0–100.
    public var utilizationPercent: Double
    /// Alerts that are firing or acknowledged.
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
        try self.monitor.systemMetrics()
    }

    /// Tells how operations went since the start, kind by kind.
    ///
    /// ```swift
    /// for kind in manager.performanceSummary().kinds {
    ///     print(kind.kind, kind.count, kind.duration.p95)
    /// }
    /// ```
    public func performanceSummary() -> PerformanceSummary {
        let ledger = self.monitor.operations.ledger
        return PerformanceSummary(kinds: ledger.summaries(), slowest: ledger.slowest())
    }
}

extension ServiceMonitor {
    /// Measures the service.
    package func systemMetrics() throws -> SystemMetrics {
        let figures = try self.storageFigures()
        let whole = try self.store.configuration.quota ?? self.store.space().diskBytes
        let physical = Double(figures.totals.physicalBytes)
        return SystemMetrics(
            resources: self.resources.metrics(),
            residentBytes: ResidentMemory.current(),
            storage: figures.totals,
            storageFigures: figures,
            utilizationPercent: whole > 0 ? min(100, physical / Double(whole) * 100) : 0,
            activeAlerts: self.alerts.figures.firing + self.alerts.figures.acknowledged
        )
    }
}
