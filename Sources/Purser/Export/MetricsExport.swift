import Foundation
import PurserCatalog
import PurserMonitor
import PurserStore

extension ServiceMonitor {
    /// The whole document of metrics.
    ///
    /// - Throws: `StoreError`.
    package func metricsDocument() throws -> MetricsDocument {
        let system = try self.systemMetrics()
        let state = try self.metricsState(system)
        return MetricsDocument(
            generatedAt: self.now().rfc3339,
            system: SystemDocument(system),
            performance: PerformanceDocument(state.performance),
            storage: StorageDocument(system),
            machine: MachineDocument(state.machine, level: state.memoryLevel, traffic: self.traffic),
            store: StoreTimesDocument(
                state.latencies,
                caches: [
                    "rows": .init(hits: state.store.catalog.rowHits, misses: state.store.catalog.rowMisses),
                    "contents": .init(hits: state.store.contentHits, misses: state.store.contentMisses),
                ],
                logBytes: state.store.logBytes
            ),
            processing: ProcessingFiguresDocument(state.processing),
            errors: MetricsDocument.Errors(state.errors),
            metrics: MetricsDocument.metrics(of: state.samples),
            samples: MetricsDocument.Samples(state.samples.counts),
            alerts: self.alerts.alerts(in: [.firing, .acknowledged]).map { AlertDocument($0) }
        )
    }

    /// All metrics as Prometheus' text, or OpenMetrics'.
    ///
    /// - Throws: `StoreError`.
    package func metricsText(as format: PrometheusText.Format = .prometheus) throws -> String {
        let state = try self.metricsState(self.systemMetrics())
        return PrometheusText.write(ExportedMetric.all.map { $0.family(state) }, as: format)
    }

    /// All metrics in one of the forms of an export.
    ///
    /// - Throws: `StoreError`.
    func metrics(as format: MetricsFormat) throws -> Data {
        switch format {
        case .json: try DocumentCoding.encode(self.metricsDocument()) + Data("\n".utf8)
        case .prometheus: Data(try self.metricsText().utf8)
        case .csv: Data(MetricsTable.csv(MetricsDocument.metrics(of: self.operations.performance.snapshot())).utf8)
        }
    }
}
