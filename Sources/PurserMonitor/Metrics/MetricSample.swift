public import Foundation

/// One measurement.
public struct MetricSample: Sendable, Hashable {
    /// The most bytes of names and values that a context may have together.
    public static let maxContextBytes = 1_024
    /// How far ahead of the clock a time may be.
    static let maxAhead: Duration = .seconds(300)
    /// How far back a time may be.
    static let maxBehind: Duration = .seconds(7 * 86_400)
    /// The largest magnitude of a value, so that no sum of samples leaves the range of numbers.
    static let maxMagnitude = 1e18

    /// The metric's name: `[a-z][a-z0-9_.]{0,63}`.
    public var metric: String
    /// The value, in the metric's unit: finite, and at most 10^18 either way.
    public var value: Double
    /// What tells it apart from others of its metric; at most 8, of bounded length.
    public var tags: [String: String]
    /// Facts to keep with the sample, at most 1 KiB; never a label, and not told apart by.
    ///
    /// They are dropped before their sample where a metric has many: it keeps the latest 4 KiB.
    public var context: [String: String]
    /// When it was measured, at most 5 minutes ahead and 7 days back; now where it is not said.
    public var timestamp: Date?

    /// Describes a measurement.
    public init(
        metric: String,
        value: Double,
        tags: [String: String] = [:],
        context: [String: String] = [:],
        timestamp: Date? = nil
    ) {
        self.metric = metric
        self.value = value
        self.tags = tags
        self.context = context
        self.timestamp = timestamp
    }
}
