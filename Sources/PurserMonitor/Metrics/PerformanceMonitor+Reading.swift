public import Foundation

/// Everything measured at one moment, as plain values.
public struct MonitorSnapshot: Sendable, Hashable {
    /// When.
    public var takenAt: Date
    /// Whether anything is measured.
    public var isEnabled: Bool
    /// Purser's own metrics in the order of ``BuiltInMetric``, then users' by name.
    public var metrics: [MetricSummary]
    /// What was not taken.
    public var counts: MonitorCounts
}

extension PerformanceMonitor {
    /// What a metric came to in the latest window, for each of its subjects.
    ///
    /// Samples count by their own time: after the window's start, and at most 5 minutes ahead. Percentiles are exact.
    /// Some 100 µs for a full ring.
    ///
    /// - Parameter query: The metric, the figure and the window.
    /// - Returns: A reading per subject that has samples in the window; where the metric has no subjects, a count, a sum
    ///   and a rate are 0 when there are none. Nothing for an unknown metric or an empty window.
    public func read(_ query: MetricQuery) -> [MetricReading] {
        guard query.window > .zero, let recorder = self.knownRecorder(named: query.metric) else { return [] }
        let now = self.now.milliseconds
        let (start, isBeyond) = now.subtractingReportingOverflow(query.window.milliseconds)
        return recorder.window(
            after: isBeyond ? .min : start,
            through: now + MetricSample.maxAhead.milliseconds,
            seconds: query.window.seconds
        ).readings(query.aggregation)
    }

    /// What a metric came to since the start; `nil` for an unknown one.
    public func summary(of name: String) -> MetricSummary? {
        guard let recorder = self.knownRecorder(named: name) else { return nil }
        var spare = ValueHistogram(unit: recorder.unit)
        return recorder.summary(hourOfDay: self.hourOfDay, spare: &spare)
    }

    /// The samples of a metric that came last, the newest first.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - limit: How many at most.
    /// - Returns: The samples; none for an unknown metric.
    public func samples(of name: String, limit: Int = 1_000) -> [MetricSample] {
        self.knownRecorder(named: name)?.latest(limit) ?? []
    }

    /// What is usual for a metric at each hour of the day at which anything was seen, in the order of the hours.
    public func baselines(of name: String) -> [Baseline] {
        self.knownRecorder(named: name)?.baselines() ?? []
    }

    /// The names of all metrics: Purser's own in the order of ``BuiltInMetric``, then users' by name.
    public func names() -> [String] { self.recorders.map(\.name) }

    /// What was not taken, or not whole, since the start.
    public var counts: MonitorCounts {
        var counts = self.refusals.counts
        for recorder in self.recorders {
            let losses = recorder.losses()
            counts.foldedTagSets += losses.foldedTagSets
            counts.droppedContexts += losses.contexts
        }
        return counts
    }

    /// All metrics at this moment; some 10 µs for each.
    public func snapshot() -> MonitorSnapshot {
        let hourOfDay = self.hourOfDay
        var spares: [MetricUnit: ValueHistogram] = [:]
        let metrics = self.recorders.map { recorder in
            var spare = spares.removeValue(forKey: recorder.unit) ?? ValueHistogram(unit: recorder.unit)
            defer {
                spare.reset()
                spares[recorder.unit] = spare
            }
            return recorder.summary(hourOfDay: hourOfDay, spare: &spare)
        }
        return MonitorSnapshot(takenAt: self.now, isEnabled: self.isEnabled, metrics: metrics, counts: self.counts)
    }

    private var hourOfDay: Int { HourlyReservoir.hourOfDay(self.now.milliseconds / 3_600_000) }
}
