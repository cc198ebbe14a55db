/// Writes metrics as Prometheus' text format 0.0.4, or as OpenMetrics 1.0.
///
/// The formats: <https://prometheus.io/docs/instrumenting/exposition_formats/>,
/// <https://prometheus.io/docs/specs/om/open_metrics_spec/>. They differ here in the names that `TYPE` and `HELP` give to
/// counters, and in the last line.
public enum PrometheusText {
    /// Which of the two.
    public enum Format: Sendable, CaseIterable {
        /// `text/plain; version=0.0.4`.
        case prometheus
        /// `application/openmetrics-text; version=1.0.0`.
        case openMetrics

        /// The media type of the text.
        public var contentType: String {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    /// Writes families in their order; those without samples are left out.
    public static func write(_ families: [MetricFamily], as format: Format = .prometheus) -> String {
        var text = ""
        for family in families where !family.samples.isEmpty {
            let name =
                format == .prometheus && family.kind == .counter ? "\(family.name)_total" : family.name
            text += "# HELP \(name) \(self.escape(family.help, quotes: format == .openMetrics))\n"
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for sample in family.samples {
                text += "\(family.name)\(sample.suffix)\(self.labels(sample.labels)) \(self.number(sample.value))\n"
            }
        }
        if format == .openMetrics { text += "# EOF\n" }
        return text
    }

    private static func labels(_ labels: [MetricFamily.Label]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { "\($0.name)=\"\(self.escape($0.value, quotes: true))\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    /// Escapes as both formats ask: backslash and line feed, in values also the quote.
    private static func escape(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { [0x5c, 0x0a, 0x22].contains($0) }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        // Whole numbers without a fraction, as people write them; all digits of others.
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return "\(value)"
    }
}
