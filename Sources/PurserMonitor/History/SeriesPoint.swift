public import Foundation

/// What the samples of one metric came to within one step of a series.
public struct SeriesPoint: Sendable, Hashable {
    /// The step's first moment; a multiple of the step since 1970.
    public var start: Date
    /// How many samples.
    public var count: Int64
    /// Their sum.
    public var sum: Double
    /// The smallest.
    public var min: Double
    /// The largest.
    public var max: Double
    /// Half are at most this; to two digits, as all percentiles; `nil` where the history cannot tell any more.
    public var p50: Double?
    /// 95 of 100 are at most this.
    public var p95: Double?
    /// 99 of 100 are at most this.
    public var p99: Double?

    /// Their mean.
    public var mean: Double { self.count == 0 ? 0 : self.sum / Double(self.count) }
}
