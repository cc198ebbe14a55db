import PurserMonitor
import PurserOperations
import PurserStore

/// All figures of one moment, from which every form of export is made.
package struct MetricsState: Sendable {
    var system: SystemMetrics
    var performance: PerformanceSummary
    var machine: MachineFigures
    var memoryLevel: MemoryLevel
    var receivedBytes: Int64
    var sentBytes: Int64
    var latencies: StoreLatencySummary
    var store: StoreFigures
    var errors: ErrorFigures
    var alerts: AlertFigures
    /// By the channel's name; those of one name together.
    var channels: [String: AlertChannel.Figures]
    var scratch: ScratchFigures
    var processing: ProcessingFigures
    var samples: MonitorSnapshot
}

extension ServiceMonitor {
    /// Gathers all figures.
    ///
    /// - Throws: `StoreError`.
    func metricsState(_ system: SystemMetrics) throws -> MetricsState {
        MetricsState(
            system: system,
            performance: PerformanceSummary(
                kinds: self.operations.ledger.summaries(),
                slowest: self.operations.ledger.slowest()
            ),
            machine: self.machineFigures,
            memoryLevel: self.memoryLevel,
            receivedBytes: self.traffic.received,
            sentBytes: self.traffic.sent,
            latencies: self.operations.latencies.summary(),
            store: self.store.figures(),
            errors: self.operations.errors.figures(at: self.now()),
            alerts: self.alerts.figures,
            channels: Dictionary(self.notifier.channels.map { ($0.name, $0.figures) }) { $0.adding($1) },
            scratch: self.scratch.figures(),
            processing: self.pipelines.figures(jobs: try self.jobCounts()),
            samples: self.operations.performance.snapshot()
        )
    }

    /// How many of the jobs that are kept stand in each state.
    private func jobCounts() throws -> [OperationState: Int64] {
        let counts = try self.store.catalog.jobCounts(in: OperationState.allCases.map(\.rawValue))
        return Dictionary(uniqueKeysWithValues: OperationState.allCases.map { ($0, counts[$0.rawValue] ?? 0) })
    }
}

extension AlertChannel.Figures {
    /// What two channels came to together.
    fileprivate func adding(_ other: Self) -> Self {
        var sum = self
        sum.delivered += other.delivered
        sum.failed += other.failed
        sum.retries += other.retries
        sum.dropped += other.dropped
        sum.waiting += other.waiting
        sum.lastError = other.lastError ?? self.lastError
        return sum
    }
}
