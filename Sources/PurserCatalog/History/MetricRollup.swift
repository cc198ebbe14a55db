public import Foundation

/// How long a stretch of time one row of the history covers.
public enum RollupPeriod: Int, Sendable, CaseIterable {
    /// A minute.
    case minute = 60
    /// An hour.
    case hour = 3_600

    /// The period's length in milliseconds.
    public var milliseconds: Int64 { Int64(self.rawValue) * 1_000 }
}

/// What the samples of one metric came to within one period.
public struct MetricRollup: Sendable, Equatable {
    /// The metric's name; not empty.
    public var metric: String
    /// Which periods.
    public var period: RollupPeriod
    /// The period's first moment; whole milliseconds are kept.
    public var start: Date
    /// How many samples; above zero.
    public var count: Int64
    /// Their sum.
    public var sum: Double
    /// The smallest.
    public var min: Double
    /// The largest.
    public var max: Double
    /// Their values by frequency, as the monitor encodes them; the catalog does not look inside.
    public var histogram: [UInt8]

    /// Describes a period of one metric.
    public init(
        metric: String,
        period: RollupPeriod,
        start: Date,
        count: Int64,
        sum: Double,
        min: Double,
        max: Double,
        histogram: [UInt8]
    ) {
        self.metric = metric
        self.period = period
        self.start = start
        self.count = count
        self.sum = sum
        self.min = min
        self.max = max
        self.histogram = histogram
    }
}
