import Foundation
import Purser

/// The document of all metrics, as far as people are shown it.
struct MetricsOverview: Decodable, Sendable {
    var generatedAt: String
    var purserVersion: String
    var system: SystemDocument
    var performance: PerformanceDocument
    var machine: MachineDocument
    var metrics: [String: MetricsDocument.Metric]
    var alerts: [AlertSummary]

    /// Reads a server's document.
    ///
    /// - Throws: ``CommandError`` where it is something else.
    static func read(_ data: Data) throws -> MetricsOverview {
        try RemoteService.decode(MetricsOverview.self, from: data, by: DocumentCoding.decode)
    }

    /// The page that people are shown.
    var lines: [String] {
        let head = "purser \(self.purserVersion) at \(self.generatedAt)"
        let parts = [[head], self.operationLines, self.resourceLines, self.metricLines, self.alertLines]
        return Array(parts.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    /// A row for each kind of operation.
    private var operationLines: [String] {
        let kinds = self.performance.operations.sorted { $0.key < $1.key }
        guard !kinds.isEmpty else { return ["operations  none yet"] }
        let head = ["operations", "count", "success", "p50", "p95", "p99", "throughput", "wait p95"]
        let rows = kinds.map { name, kind in
            let times = kind.durationSeconds
            return [
                name, "\(kind.count)", FigureText.percent(kind.successRatePercent),
                FigureText.metric(times.p50, .seconds), FigureText.metric(times.p95, .seconds),
                FigureText.metric(times.p99, .seconds),
                FigureText.metric(kind.throughputBytesPerSecond, .bytesPerSecond),
                FigureText.metric(kind.waitSeconds.p95, .seconds),
            ]
        }
        let summary = self.performance.summary
        let all = ["all", "\(summary.totalOperations)", FigureText.percent(summary.overallSuccessRatePercent)]
        return ColumnText.lines([head] + rows + [all])
    }

    /// A row for each metric that has samples.
    private var metricLines: [String] {
        let measured = MetricOrder.sorted(self.metrics).filter { $0.figures.count > 0 }
        guard !measured.isEmpty else { return [] }
        let head = ["metrics", "count", "last", "mean", "p50", "p95", "p99", "max"]
        let rows = measured.map { name, metric in
            let unit = MetricUnit(rawValue: metric.unit)
            let figures = [metric.last, metric.mean, metric.p50, metric.p95, metric.p99, metric.max]
            return [name, "\(metric.count)"] + figures.map { FigureText.metric($0, unit) }
        }
        return ColumnText.lines([head] + rows)
    }

    /// The alerts that fire or are acknowledged.
    private var alertLines: [String] {
        guard !self.alerts.isEmpty else { return ["alerts      none"] }
        return ["alerts      \(self.alerts.count) open"] + self.alerts.map(\.line)
    }
}
