/// The metrics as lines of comma-separated values (RFC 4180), in UTF-8 with CRLF.
package enum MetricsTable {
    /// Writes a line with the names of the columns, and one for each metric: Purser's own first, then users' by name.
    package static func csv(_ metrics: [String: MetricsDocument.Metric]) -> String {
        var lines = ["metric,unit,count,last,mean,min,max,p50,p90,p95,p99"]
        for (name, metric) in MetricOrder.sorted(metrics) {
            let figures = [
                metric.last, metric.mean, metric.min, metric.max, metric.p50, metric.p90, metric.p95, metric.p99,
            ]
            // Names and units have no letter that would need quotes.
            let fields = [name, metric.unit, "\(metric.count)"] + figures.map { $0.map { "\($0)" } ?? "" }
            lines.append(fields.joined(separator: ","))
        }
        return lines.map { "\($0)\r\n" }.joined()
    }
}
