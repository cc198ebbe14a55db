/// How the samples of a window become one figure.
public enum Aggregation: String, Sendable, CaseIterable, Codable {
    case count
    case last
    case mean
    case min
    case max
    case sum
    /// Samples per second.
    case rate
    case p50
    case p90
    case p95
    case p99
}

/// A question to the recorded samples: what one metric came to in the latest window, for each of its subjects.
public struct MetricQuery: Sendable, Hashable {
    /// The metric's name, built in or a user's own.
    public var metric: String
    /// How samples become a figure.
    public var aggregation: Aggregation
    /// How far back samples count.
    public var window: Duration

    /// Asks for a figure.
    public init(metric: String, aggregation: Aggregation, window: Duration) {
        self.metric = metric
        self.aggregation = aggregation
        self.window = window
    }
}

/// The answer for one subject.
public struct MetricReading: Sendable, Hashable {
    /// The value of the metric's subject tag (the kind of operation, as a rule); empty where the metric has none.
    public var subject: String
    /// The figure, in the metric's unit.
    public var value: Double
    /// From how many samples.
    public var samples: Int

    /// Describes an answer.
    public init(subject: String, value: Double, samples: Int) {
        self.subject = subject
        self.value = value
        self.samples = samples
    }
}
