import Synchronization

/// What the monitor did not take, or not whole, since the start.
public struct MonitorCounts: Sendable, Hashable {
    /// Samples with a value that is no number, infinite or too large.
    public var invalidValues: UInt64 = 0
    /// Samples under a name that cannot be, or that Purser alone records.
    public var invalidNames: UInt64 = 0
    /// Samples with a time too far ahead or back.
    public var invalidTimestamps: UInt64 = 0
    /// Samples with tags or a context too large.
    public var invalidTags: UInt64 = 0
    /// Samples of metrics that would have been too many.
    public var tooManyMetrics: UInt64 = 0
    /// Samples taken that count as `other`, as their metric has too many tag sets.
    public var foldedTagSets: UInt64 = 0
    /// Contexts that were dropped before their samples.
    public var droppedContexts: UInt64 = 0
    /// Rows of the history that could not be written, and were given up.
    public var lostRollups: UInt64 = 0

    /// Counts nothing yet.
    public init() {}

    /// Samples that were refused.
    public var refusedSamples: UInt64 {
        self.invalidValues + self.invalidNames + self.invalidTimestamps + self.invalidTags + self.tooManyMetrics
    }
}

/// The counters behind ``MonitorCounts`` that no metric keeps.
final class RefusalCounters: Sendable {
    let invalidValues = Atomic<UInt64>(0)
    let invalidNames = Atomic<UInt64>(0)
    let invalidTimestamps = Atomic<UInt64>(0)
    let invalidTags = Atomic<UInt64>(0)
    let tooManyMetrics = Atomic<UInt64>(0)
    let lostRollups = Atomic<UInt64>(0)

    /// Counts a refused sample.
    func count(_ code: MonitorError.Code) {
        switch code {
        case .invalidMetricValue: self.invalidValues.add(1, ordering: .relaxed)
        case .invalidMetricName, .reservedMetricName: self.invalidNames.add(1, ordering: .relaxed)
        case .invalidTimestamp: self.invalidTimestamps.add(1, ordering: .relaxed)
        case .invalidTags, .contextTooLarge: self.invalidTags.add(1, ordering: .relaxed)
        case .tooManyMetrics: self.tooManyMetrics.add(1, ordering: .relaxed)
        case .unknownMetric, .invalidTimeRange, .tooManyPoints, .tooManyOpenOperations, .operationNotOpen: break
        }
    }

    var counts: MonitorCounts {
        var counts = MonitorCounts()
        counts.invalidValues = self.invalidValues.load(ordering: .relaxed)
        counts.invalidNames = self.invalidNames.load(ordering: .relaxed)
        counts.invalidTimestamps = self.invalidTimestamps.load(ordering: .relaxed)
        counts.invalidTags = self.invalidTags.load(ordering: .relaxed)
        counts.tooManyMetrics = self.tooManyMetrics.load(ordering: .relaxed)
        counts.lostRollups = self.lostRollups.load(ordering: .relaxed)
        return counts
    }
}
