import PurserMonitor

extension ExportedMetric {
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
        },
        ExportedMetric(
            "purser_refused_samples",
            .counter,
            "Samples of users that were refused.",
            labels: ["reason"]
        ) { state in
            let counts = state.samples.counts
            let reasons = [
                ("value", counts.invalidValues), ("name", counts.invalidNames), ("time", counts.invalidTimestamps),
                ("tags", counts.invalidTags), ("too_many_metrics", counts.tooManyMetrics),
            ]
            return reasons.map {
                Sample(suffix: "_total", labels: [Label("reason", $0)], value: Double($1))
            }
        },
        ExportedMetric(
            "purser_folded_tag_sets",
            .counter,
            "Samples that count as other, as their metric has too many sets of tags."
        ) { Double($0.samples.counts.foldedTagSets) },
        ExportedMetric("purser_dropped_contexts", .counter, "Contexts that were dropped before their samples.") {
            Double($0.samples.counts.droppedContexts)
        },
        ExportedMetric("purser_lost_rollups", .counter, "Rows of the history that could not be written.") {
            Double($0.samples.counts.lostRollups)
        },
    ]
}
