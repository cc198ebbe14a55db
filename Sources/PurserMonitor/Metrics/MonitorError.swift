public import PurserOperations

/// Why the monitor did not take or give what it was asked.
public struct MonitorError: Error, Sendable, Hashable {
    /// Stable and public: the `code` of the problem document.
    ///
    /// Never reused with another meaning.
    public enum Code: String, Sendable, CaseIterable {
        /// A metric's name is not a lower-case letter followed by up to 63 of `a` to `z`, `0` to `9`, `_` and `.`.
        case invalidMetricName = "invalid_metric_name"
        /// The metric is one that Purser alone records.
        case reservedMetricName = "reserved_metric_name"
        /// There are as many metrics of users' own as there may be.
        case tooManyMetrics = "too_many_metrics"
        /// Nothing was ever recorded under the name.
        case unknownMetric = "unknown_metric"
        /// The value is no number, infinite, too large, or negative where that cannot be.
        case invalidMetricValue = "invalid_metric_value"
        /// The time is more than 5 minutes ahead or 7 days back.
        case invalidTimestamp = "invalid_timestamp"
        /// The tags are too many, too long, or have impossible names.
        case invalidTags = "invalid_tags"
        /// The context is too large.
        case contextTooLarge = "context_too_large"
        /// The bounds of a series are the wrong way round, or its step is no whole minute.
        case invalidTimeRange = "invalid_time_range"
        /// A series would have more than 10,000 points.
        case tooManyPoints = "too_many_points"
        /// As many operations were started and not ended as may be.
        case tooManyOpenOperations = "too_many_open_operations"
        /// The operation was never started, or has been ended already.
        case operationNotOpen = "operation_not_open"
    }

    /// What is wrong, for programs.
    public var code: Code
    /// What is wrong, for people; may change.
    public var message: String

    /// Describes a refusal.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension MonitorError: OperationFailure {
    /// The code's stable name.
    public var failureCode: String { self.code.rawValue }
    /// The message.
    public var failureMessage: String { self.message }
}

extension MonitorError: CustomStringConvertible {
    /// The message and the code.
    public var description: String { "\(self.message) (\(self.code.rawValue))" }
}
