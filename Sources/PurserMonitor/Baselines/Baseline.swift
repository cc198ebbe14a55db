/// What is usual for a metric at an hour of the day.
public struct Baseline: Sendable, Hashable {
    /// The hour of the day in UTC, 0 to 23.
    public var hour: Int
    /// The value that half of what was seen at this hour is at most.
    public var median: Double
    /// The median of the distances from the median (MAD): how far values are away as a rule.
    public var spread: Double
    /// From how many values; at most 84.
    public var samples: Int

    /// Describes what is usual.
    public init(hour: Int, median: Double, spread: Double, samples: Int) {
        self.hour = hour
        self.median = median
        self.spread = spread
        self.samples = samples
    }
}
