import PurserMonitor

extension ExportedMetric {
    /// Errors and alerts.
    static let trouble: [ExportedMetric] = [
        ExportedMetric(
            "purser_errors",
            .counter,
            "Failures of operations, by severity.",
            labels: ["severity"]
        ) { state in
            ErrorSeverity.allCases.map {
                Sample(
                    suffix: "_total",
                    labels: [Label("severity", $0.rawValue)],
                    value: Double(state.errors.bySeverity[$0] ?? 0)
                )
            }
        },
        ExportedMetric("purser_recovered_errors", .counter, "Failures that were made good.") {
            Double($0.errors.recovered)
        },
        ExportedMetric(
            "purser_alerts",
            .gauge,
            "Alerts that are open, by state.",
            labels: ["state"]
        ) { state in
            let counts = [
                ("pending", state.alerts.pending), ("firing", state.alerts.firing),
                ("acknowledged", state.alerts.acknowledged),
            ]
            return counts.map { Sample(labels: [Label("state", $0)], value: Double($1)) }
        },
        ExportedMetric("purser_fired_alerts", .counter, "Alerts that fired.") { Double($0.alerts.fired) },
    ]

    /// What users record themselves.
    static let users: [ExportedMetric] = [
        ExportedMetric(
            "purser_user_metric",
            .summary,
            "Samples recorded by users under names of their own.",
            labels: ["metric", "quantile"]
        ) { state in
            state.samples.metrics.filter { BuiltInMetric(rawValue: $0.name) == nil }.flatMap {
                Self.summary(of: $0, [Label("metric", $0.name)])
            }
        }
    ]
}
