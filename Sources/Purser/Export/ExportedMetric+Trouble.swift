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
        ExportedMetric("purser_dropped_alerts", .counter, "Alerts that were dropped, as too many were open.") {
            Double($0.alerts.dropped)
        },
        ExportedMetric(
            "purser_notifications",
            .counter,
            "Messages about alerts, by channel and by what came of them.",
            labels: ["channel", "result"]
        ) { state in
            state.channels.sorted { $0.key < $1.key }.flatMap { channel, figures in
                let counts = [
                    ("delivered", figures.delivered), ("failed", figures.failed), ("dropped", figures.dropped),
                ]
                return counts.map { result, count in
                    Sample(
                        suffix: "_total",
                        labels: [Label("channel", channel), Label("result", result)],
                        value: Double(count)
                    )
                }
            }
        },
    ]
}
