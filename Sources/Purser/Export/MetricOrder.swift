import PurserMonitor

/// The order in which metrics are shown.
package enum MetricOrder {
    /// Puts Purser's own metrics first, in the order of `BuiltInMetric`, then users' by name.
    package static func sorted<Figures>(_ metrics: [String: Figures]) -> [(name: String, figures: Figures)] {
        let own = BuiltInMetric.allCases.map(\.rawValue)
        let known = own.compactMap { name in metrics[name].map { (name: name, figures: $0) } }
        let others = metrics.filter { BuiltInMetric(rawValue: $0.key) == nil }.sorted { $0.key < $1.key }
        return known + others.map { (name: $0.key, figures: $0.value) }
    }
}
