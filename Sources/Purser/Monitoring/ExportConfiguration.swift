import PurserOperations

/// Which form an export of metrics has.
public enum MetricsFormat: String, Sendable, CaseIterable {
    /// The whole document, as `GET /v1/metrics` gives it.
    case json
    /// Prometheus' text, as `GET /metrics` gives it.
    case prometheus
    /// A line for each metric.
    case csv
}

/// Documents of metrics that are written by themselves.
public struct ExportConfiguration: Sendable, Hashable {
    /// `monitor.export.every`: the time between two exports, at least 1 s; no exports where there is none.
    public var interval: Duration?
    /// `monitor.export.path`: the file; `%Y %m %d %H %M %S` stand for parts of the time, in UTC.
    public var path = "metrics-%Y%m%dT%H%M%SZ.json"
    /// `monitor.export.format`: the form of the document.
    public var format = MetricsFormat.json
    /// `monitor.export.keep`: how many of the files that it wrote stay, the latest; 1 to 100,000.
    public var keep = 100

    /// The defaults: no exports.
    public init() {}

    func problems() -> [SettingProblem] {
        var problems: [SettingProblem] = []
        if let interval, interval < .seconds(1) {
            problems.append(SettingProblem("monitor.export.every", got: "\(interval)", takes: "1s or more, or none"))
        }
        if !(1...100_000).contains(self.keep) {
            problems.append(SettingProblem("monitor.export.keep", got: "\(self.keep)", takes: "1 to 100000"))
        }
        if self.path.isEmpty || self.path.hasSuffix("/") || self.path.utf8.contains(0) {
            problems.append(SettingProblem("monitor.export.path", got: "'\(self.path)'", takes: "the path of a file"))
        }
        return problems
    }
}
