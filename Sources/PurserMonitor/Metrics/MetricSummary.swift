public import Foundation

/// What one metric came to since the start.
public struct MetricSummary: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// In what it is measured.
    public var unit: MetricUnit
    /// How many samples were recorded.
    public var count: UInt64
    /// Their sum.
    public var sum: Double
    /// The value of the sample with the latest time.
    public var last: Double?
    /// That time.
    public var lastAt: Date?
    /// The mean of all.
    public var mean: Double?
    /// The smallest.
    public var min: Double?
    /// The largest.
    public var max: Double?
    /// Half of all are at most this; to two digits, as all percentiles.
    public var p50: Double?
    /// 90 of 100 are at most this.
    public var p90: Double?
    /// 95 of 100 are at most this.
    public var p95: Double?
    /// 99 of 100 are at most this.
    public var p99: Double?
    /// How many samples are still there one by one.
    public var samples: Int
    /// What is usual at this hour of the day; `nil` where nothing was seen at it yet.
    public var baseline: Baseline?
}

extension MetricSummary {
    /// Describes what a metric holds.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - state: What it holds.
    ///   - hourOfDay: The hour for the baseline.
    ///   - values: All of its values.
    init(name: String, state: borrowing MetricState, hourOfDay: Int, values: borrowing ValueHistogram) {
        self.name = name
        self.unit = state.unit
        self.count = state.count
        self.sum = state.sum
        self.samples = state.ring.count
        guard state.count > 0 else { return }
        let (least, most) = (state.min, state.max)
        func percentile(_ percent: Double, of values: borrowing ValueHistogram) -> Double? {
            // To two digits it may lie beyond what was ever recorded.
            values.percentile(percent).map { Swift.min(Swift.max($0, least), most) }
        }
        self.last = state.last?.value
        self.lastAt = state.last.map { Date(milliseconds: $0.time) }
        self.mean = state.sum / Double(state.count)
        self.min = least
        self.max = most
        self.p50 = percentile(50, of: values)
        self.p90 = percentile(90, of: values)
        self.p95 = percentile(95, of: values)
        self.p99 = percentile(99, of: values)
        self.baseline = state.baseline.baseline(hourOfDay: hourOfDay)
    }
}
