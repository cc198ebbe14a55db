import Histogram

/// Durations by frequency: two digits exact, from a microsecond to a day; 15 KB.
package struct DurationHistogram: Sendable {
    private static let longest: UInt64 = 86_400_000_000

    private var histogram = Histogram<UInt32>(highestTrackableValue: Self.longest, numberOfSignificantValueDigits: .two)

    /// Holds nothing yet.
    package init() {}

    /// Takes one in; what is longer than a day counts as a day.
    package mutating func record(_ duration: Duration) {
        _ = self.histogram.record(min(duration.inMicroseconds, Self.longest))
    }

    /// What they come to.
    package var summary: DurationSummary {
        guard self.histogram.totalCount > 0 else { return DurationSummary() }
        func percentile(_ value: Double) -> Duration {
            .microseconds(Int64(min(self.histogram.valueAtPercentile(value), Self.longest)))
        }
        return DurationSummary(
            count: Int(self.histogram.totalCount),
            mean: .microseconds(self.histogram.mean),
            p50: percentile(50),
            p95: percentile(95),
            p99: percentile(99),
            max: percentile(100)
        )
    }
}
