/// How long something took, over many times, in seconds; percentiles are exact to two digits.
public struct DurationFigures: Sendable, Hashable {
    /// How many times.
    public var count: UInt64 = 0
    /// All times together.
    public var sum = 0.0
    /// The mean; 0 where there is none.
    public var mean = 0.0
    /// Half took at most this long.
    public var p50 = 0.0
    /// 90 of 100 took at most this long.
    public var p90 = 0.0
    /// 95 of 100 took at most this long.
    public var p95 = 0.0
    /// 99 of 100 took at most this long.
    public var p99 = 0.0
    /// The longest.
    public var max = 0.0

    /// Describes nothing yet.
    public init() {}
}

/// Durations as they are collected.
struct DurationTally {
    private var sum = 0.0
    private var max = 0.0
    private var histogram = ValueHistogram(exponent: 6, expected: 1_000_000)

    mutating func add(_ duration: Duration) {
        let seconds = Swift.max(0, duration.seconds)
        self.sum += seconds
        self.max = Swift.max(self.max, seconds)
        self.histogram.record(seconds)
    }

    var figures: DurationFigures {
        var figures = DurationFigures()
        figures.count = self.histogram.count
        guard figures.count > 0 else { return figures }
        func percentile(_ percent: Double) -> Double { min(self.histogram.percentile(percent) ?? 0, self.max) }
        figures.sum = self.sum
        figures.mean = self.sum / Double(figures.count)
        figures.p50 = percentile(50)
        figures.p90 = percentile(90)
        figures.p95 = percentile(95)
        figures.p99 = percentile(99)
        figures.max = self.max
        return figures
    }
}
