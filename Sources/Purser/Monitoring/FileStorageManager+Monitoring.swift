public import Foundation
import PurserCatalog
public import PurserMonitor
public import SystemPackage

extension FileStorageManager {
    /// Records a sample of a metric of one's own.
    ///
    /// ```swift
    /// try manager.record("ocr.confidence", 0.93, tags: ["language": "de"], context: ["page": "12"])
    /// ```
    ///
    /// Costs about a microsecond and never suspends.
    ///
    /// - Parameters:
    ///   - metric: A lower-case letter, then `a-z`, `0-9`, `_` and `.`; at most 64 characters. At most 100 names.
    ///   - value: In whatever unit; finite.
    ///   - tags: What tells samples apart, at most 8; from small sets.
    ///   - context: Facts that are kept with the sample and are never labels.
    ///   - timestamp: When it was measured, at most 5 minutes ahead and 7 days back; now where there is none.
    /// - Throws: `MonitorError`.
    public func record(
        _ metric: String,
        _ value: Double,
        tags: [String: String] = [:],
        context: [String: String] = [:],
        timestamp: Date? = nil
    ) throws {
        try self.monitor.operations.performance.record(
            MetricSample(metric: metric, value: value, tags: tags, context: context, timestamp: timestamp)
        )
    }

    /// Measures work of one's own: it is counted as an operation of a kind named for it, and takes no slot.
    ///
    /// ```swift
    /// let layout = try await manager.withMonitoredOperation("layout") { try await analyze(page) }
    /// ```
    ///
    /// For work that is to be admitted, shown and cancelled too, see ``withOperation(_:steps:options:_:)``.
    ///
    /// - Parameters:
    ///   - name: From a small set, as it becomes a label; `monitor.thresholds.<name>` says how long it may take.
    ///   - metadata: Facts to remember, never labels.
    ///   - body: The work.
    /// - Returns: What the body returned.
    /// - Throws: What the body throws.
    public func withMonitoredOperation<Value>(
        _ name: String,
        metadata: [String: String] = [:],
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        try await self.monitor.operations.ledger.withMonitoredOperation(name, metadata: metadata, body)
    }

    /// Begins to measure work that no scope holds.
    ///
    /// - Parameters:
    ///   - name: As ``withMonitoredOperation(_:metadata:_:)`` takes it.
    ///   - metadata: Facts to remember, never labels.
    /// - Returns: What ``endMonitoredOperation(_:error:)`` takes.
    /// - Throws: `MonitorError` `.tooManyOpenOperations` where 1,000 are open.
    public func startMonitoredOperation(
        _ name: String,
        metadata: [String: String] = [:]
    ) throws -> MonitoredOperationID {
        try self.monitor.operations.ledger.startOperation(name, metadata: metadata)
    }

    /// Ends work that ``startMonitoredOperation(_:metadata:)`` began.
    ///
    /// - Parameters:
    ///   - id: What that call returned; once.
    ///   - error: What ended it, where it did not succeed.
    /// - Throws: `MonitorError` `.operationNotOpen` where it is unknown or has ended.
    public func endMonitoredOperation(_ id: MonitoredOperationID, error: (any Error)? = nil) throws {
        try self.monitor.operations.ledger.endOperation(id, error: error)
    }

    /// Writes everything that is measured to a file, whole and durable.
    ///
    /// ```swift
    /// try await manager.exportPerformanceMetrics(to: "metrics.json")
    /// ```
    ///
    /// - Parameters:
    ///   - path: The file; one that is there is replaced.
    ///   - format: What it looks like.
    /// - Throws: `StoreError`; `TransferError` `.targetUnwritable` where it cannot be written: what was there before stays.
    public func exportPerformanceMetrics(to path: FilePath, format: MetricsFormat = .json) async throws {
        let bytes = try self.monitor.metrics(as: format)
        let fileSystem = self.monitor.fileSystem
        do {
            try await self.store.onDiskThreads { try MetricsFile.write(bytes, to: path, fileSystem: fileSystem) }
        } catch {
            throw TransferError(.targetUnwritable, "the export cannot be written", cause: error)
        }
    }

    /// How a metric went: a point for each step in which there were samples.
    ///
    /// - Parameters:
    ///   - metric: The metric's name.
    ///   - from: The first moment.
    ///   - to: The end, exclusive.
    ///   - step: Whole minutes, at least one; at most 10,000 steps.
    /// - Returns: Points in the order of time; none where the metric had no samples in that time.
    /// - Throws: `MonitorError`, `.unknownMetric` where there is no such metric; `StoreError`.
    public func metricSeries(_ metric: String, from: Date, to: Date, step: Duration) throws -> [SeriesPoint] {
        let points = try self.monitor.history.series(metric: metric, from: from, to: to, step: step)
        guard try !points.isEmpty || self.isKnown(metric: metric) else {
            throw MonitorError(.unknownMetric, "there is no metric '\(metric)'; there are \(self.metricNames)")
        }
        return points
    }

    /// Names of metrics for people: Purser's own, and some of users'.
    private var metricNames: String {
        let own = BuiltInMetric.allCases.map(\.rawValue)
        let recorded = self.monitor.operations.performance.names().dropFirst(own.count)
        let users = self.configuration.monitor.userMetrics.union(recorded).sorted()
        let shown = 20
        let rest = users.count > shown ? ", and \(users.count - shown) more" : ""
        return (own + users.prefix(shown)).joined(separator: ", ") + rest
    }

    /// Whether there is a metric: Purser's own, one that the settings name, or one under which anything was recorded, in
    /// this process or, as far as the history reaches, in an earlier one.
    private func isKnown(metric: String) throws -> Bool {
        if self.configuration.monitor.userMetrics.contains(metric) { return true }
        if self.monitor.operations.performance.names().contains(metric) { return true }
        return try RollupPeriod.allCases.contains { period in
            let beginning = Date(timeIntervalSince1970: 0)
            return try !self.store.catalog.rollups(
                metric: metric,
                from: beginning,
                to: .distantFuture,
                period: period,
                limit: 1
            ).isEmpty
        }
    }

    /// Alerts, the latest first; those that are open before those that are resolved.
    public func alerts(
        in states: Set<AlertState> = Set(AlertState.allCases),
        limit: Int = 1_000
    ) -> [Alert] {
        self.monitor.alerts.alerts(in: states, limit: limit)
    }

    /// Notes that somebody knows of an alert.
    ///
    /// - Throws: `AlertError`.
    @discardableResult
    public func acknowledgeAlert(_ id: String) async throws -> Alert {
        try await self.monitor.alerts.acknowledge(id)
    }

    /// Resolves an alert by hand; it stays so until its condition has once been false.
    ///
    /// - Throws: `AlertError`.
    @discardableResult
    public func resolveAlert(_ id: String) async throws -> Alert {
        try await self.monitor.alerts.resolve(id)
    }

    /// The last failures of operations, the latest first.
    ///
    /// - Parameters:
    ///   - code: Only those of this code.
    ///   - severity: Only those of this severity.
    ///   - limit: How many at most; 1,000 are remembered.
    /// - Returns: The failures.
    public func errors(code: String? = nil, severity: ErrorSeverity? = nil, limit: Int = 1_000) -> [ErrorEntry] {
        self.monitor.operations.errors.entries(code: code, severity: severity, limit: limit)
    }

    /// Registers a handler for failures of a code; it runs apart from the operation that failed.
    ///
    /// ```swift
    /// manager.onError("store_full") { failure in
    ///     await freeSomeRoom() ? .recovered : .unhandled
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - code: The code of the failures that it wants.
    ///   - handler: Says whether it made the failure good.
    /// - Returns: What ``removeErrorHandler(_:)`` takes.
    @discardableResult
    public func onError(_ code: String, _ handler: @escaping ErrorHandler) -> ErrorHandlerID {
        self.monitor.operations.errors.onError(code, handler)
    }

    /// Removes a handler; one at work goes on.
    public func removeErrorHandler(_ id: ErrorHandlerID) {
        self.monitor.operations.errors.removeHandler(id)
    }
}
