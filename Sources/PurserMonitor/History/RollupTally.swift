import Foundation
import PurserCatalog

/// Rows of the history of one metric as they become one.
struct RollupTally {
    private(set) var count: Int64 = 0
    private var sum = 0.0
    private var min = 0.0
    private var max = 0.0
    private var histogram: ValueHistogram
    /// Whether every row's histogram could be read.
    private var isWhole = true

    init(unit: MetricUnit) {
        self.histogram = ValueHistogram(unit: unit)
    }

    mutating func add(_ rollup: MetricRollup) {
        self.min = self.count == 0 ? rollup.min : Swift.min(self.min, rollup.min)
        self.max = self.count == 0 ? rollup.max : Swift.max(self.max, rollup.max)
        self.count += rollup.count
        self.sum += rollup.sum
        if !self.histogram.add(encoded: rollup.histogram) { self.isWhole = false }
    }

    /// Begins anew in the same memory.
    mutating func reset() {
        self.count = 0
        self.sum = 0
        self.histogram.reset()
        self.isWhole = true
    }

    /// All rows as one.
    func rollup(metric: String, period: RollupPeriod, start: Date) -> MetricRollup {
        MetricRollup(
            metric: metric,
            period: period,
            start: start,
            count: self.count,
            sum: self.sum,
            min: self.min,
            max: self.max,
            histogram: self.histogram.encoded()
        )
    }

    /// All rows as one step of a series.
    func point(start: Date) -> SeriesPoint {
        func percentile(_ percent: Double) -> Double? {
            guard self.isWhole else { return nil }
            return self.histogram.percentile(percent).map { Swift.min(Swift.max($0, self.min), self.max) }
        }
        return SeriesPoint(
            start: start,
            count: self.count,
            sum: self.sum,
            min: self.min,
            max: self.max,
            p50: percentile(50),
            p95: percentile(95),
            p99: percentile(99)
        )
    }
}

extension MetricRollup {
    /// A minute of a metric as a row.
    init(metric: String, _ figures: MinuteFigures) {
        self.init(
            metric: metric,
            period: .minute,
            start: Date(milliseconds: figures.minute * 60_000),
            count: figures.count,
            sum: figures.sum,
            min: figures.min,
            max: figures.max,
            histogram: figures.histogram.encoded()
        )
    }
}

/// The unit of a metric by its name; a user's own has none.
func unit(ofMetric name: String) -> MetricUnit { BuiltInMetric(rawValue: name)?.unit ?? .none }
