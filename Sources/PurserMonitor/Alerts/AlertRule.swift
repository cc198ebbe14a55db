/// When there is an alert, by a figure of a metric.
///
/// The condition is judged for each subject of the metric by itself. It is false where nothing, or less than
/// ``minimumSamples``, was measured within the window. ``wait`` and ``keepFiring`` mean what Prometheus' `for` and
/// `keep_firing_for` mean (<https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/>).
public struct AlertRule: Sendable, Hashable {
    /// `name`: what its alerts are known by; a lower-case letter, then letters, digits and `_`, 64 at most.
    public var name: String
    /// `metric`: what is looked at, see ``BuiltInMetric``; or a metric of the user's.
    public var metric: String
    /// `aggregation`: how the samples of the window become a figure.
    public var aggregation: Aggregation
    /// `window`: how far back samples count; 1 s to a day.
    public var window: Duration
    /// `comparison`: how the figure is held against the threshold.
    public var comparison: Comparison
    /// `threshold`: in the metric's unit.
    public var threshold: Double
    /// `for`: how long the condition holds before the alert fires, 0 s to 30 days; meanwhile it is pending.
    public var wait: Duration
    /// `keep_firing_for`: how long the alert goes on once the condition is false; 0 s to 30 days.
    public var keepFiring: Duration
    /// `severity`: how urgent its alerts are.
    public var severity: AlertSeverity
    /// `minimum_samples`: how many samples the figure needs to be judged; 1 to 10,000.
    public var minimumSamples: Int
    /// `subject`: the only subject that is looked at, a kind of operation as a rule; all where there is none.
    public var subject: String?
    /// `family`: rules of one family tell degrees of the same trouble.
    ///
    /// Of one subject, only the alert of the highest severity is told.
    public var family: String?
    /// `message`: what the alert says before the figure; made of the metric's name where there is none.
    public var message: String?

    /// Makes a rule.
    public init(
        name: String,
        metric: String,
        aggregation: Aggregation,
        window: Duration,
        comparison: Comparison,
        threshold: Double,
        wait: Duration = .zero,
        keepFiring: Duration = .zero,
        severity: AlertSeverity = .warning,
        minimumSamples: Int = 1,
        subject: String? = nil,
        family: String? = nil,
        message: String? = nil
    ) {
        self.name = name
        self.metric = metric
        self.aggregation = aggregation
        self.window = window
        self.comparison = comparison
        self.threshold = threshold
        self.wait = wait
        self.keepFiring = keepFiring
        self.severity = severity
        self.minimumSamples = minimumSamples
        self.subject = subject
        self.family = family
        self.message = message
    }

    /// What it asks of the metrics.
    public var query: MetricQuery {
        MetricQuery(metric: self.metric, aggregation: self.aggregation, window: self.window)
    }

    /// What an alert of it says of a figure.
    func text(of value: Double) -> String {
        let figure = "\(self.aggregation.rawValue) of \(self.metric) is \(Self.short(value))"
        let limit = "\(self.comparison.rawValue) \(Self.short(self.threshold))"
        return "\(self.message.map { "\($0): " } ?? "")\(figure) (\(limit))"
    }

    /// Three digits after the point at most, and none where there is nothing to say.
    private static func short(_ value: Double) -> String {
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int64(rounded))" : "\(rounded)"
    }
}
