public import Foundation
public import Logging
import Synchronization

/// What is measured: samples by metric, with their histograms and what is usual for them.
///
/// Recording is for hot paths: it takes one short lock, never suspends and never fails for a metric of Purser's own.
/// Everything is bounded, see ``MeasuringConfiguration``. Reading is for alerts, exports and people.
public final class PerformanceMonitor: Sendable {
    /// Bytes that the tag sets of a user's metrics may take together; likewise those of Purser's own.
    private static let tagTextBytes = 1 << 19
    /// Full rings that users' metrics may have together beyond what is reserved for each.
    private static let sharedRings = 5

    /// The settings.
    public let configuration: MeasuringConfiguration
    let logger: Logger
    let refusals = RefusalCounters()
    private let clock: @Sendable () -> Date
    /// Purser's own metrics by ``BuiltInMetric/index``.
    private let builtIns: [MetricRecorder]
    private let users: Mutex<[String: MetricRecorder]>
    private let samplePool: Budget
    private let tagText = Budget(PerformanceMonitor.tagTextBytes)
    /// Baselines of users' metrics that nothing was recorded under since the start.
    let dormant = Mutex(BaselineDocument())

    /// Begins with nothing recorded.
    ///
    /// - Parameters:
    ///   - configuration: Bounds, and whether anything is measured.
    ///   - now: The time of samples.
    ///   - logger: For what happens without a caller.
    public init(
        configuration: MeasuringConfiguration = MeasuringConfiguration(),
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) {
        self.configuration = configuration
        self.clock = now
        self.logger = logger
        let text = Budget(Self.tagTextBytes)
        self.builtIns = BuiltInMetric.allCases.map { metric in
            MetricRecorder(
                name: metric.rawValue,
                unit: metric.unit,
                ring: SampleRing(reserved: configuration.ringSize, limit: configuration.ringSize, pool: nil),
                tags: TagTable(limit: configuration.maxTagSets, text: text, subjectTag: metric.subjectTag)
            )
        }
        self.users = Mutex([:])
        self.samplePool = Budget(Self.sharedRings * configuration.ringSize)
    }

    /// Whether anything is measured; all recording does nothing otherwise.
    public var isEnabled: Bool { self.configuration.isEnabled }

    /// The time by the monitor's clock.
    public var now: Date { self.clock() }

    /// Takes a sample of one of Purser's own metrics.
    ///
    /// A value that is no number or infinite is counted and dropped.
    ///
    /// - Parameters:
    ///   - metric: The metric.
    ///   - value: In the metric's unit.
    ///   - subject: The value of the metric's ``BuiltInMetric/subjectTag``, from a closed set; ignored where it has none.
    public func record(_ metric: BuiltInMetric, _ value: Double, subject: String? = nil) {
        guard self.isEnabled else { return }
        self.record(metric, value, subject: subject, at: self.clock().milliseconds)
    }

    /// Takes a sample at a time that was read already, in milliseconds since 1970.
    func record(_ metric: BuiltInMetric, _ value: Double, subject: String?, at time: Int64) {
        guard value.magnitude <= MetricSample.maxMagnitude else {  // not so for what is no number, too
            self.refusals.count(.invalidMetricValue)
            return
        }
        self.builtIns[metric.index].record(value, at: time, subject: subject)
    }

    /// Takes a sample of a user's own metric, or of one of the eight essential ones.
    ///
    /// A metric comes to be with its first sample. What is refused is counted, and leaves nothing.
    ///
    /// - Parameter sample: The sample.
    /// - Throws: ``MonitorError`` `.invalidMetricName`, `.reservedMetricName`, `.tooManyMetrics`, `.invalidMetricValue`,
    ///   `.invalidTimestamp`, `.invalidTags`, `.contextTooLarge`.
    public func record(_ sample: MetricSample) throws(MonitorError) {
        do {
            let now = self.clock().milliseconds
            let tags = MetricTags(sample.tags)
            let time = try sample.check(tags, now: now)
            guard self.isEnabled else { return }
            try self.recorder(named: sample.metric)
                .record(sample.value, at: time, arrival: now, tags: tags, context: sample.context)
        } catch {
            self.refusals.count(error.code)
            throw error
        }
    }

    /// All metrics: Purser's own, then users' in the order of their names.
    var recorders: [MetricRecorder] {
        self.builtIns + self.users.withLock { Array($0.values) }.sorted { $0.name < $1.name }
    }

    /// The metric of a name that anything may have been recorded under; `nil` for an unknown one.
    func knownRecorder(named name: String) -> MetricRecorder? {
        if let metric = BuiltInMetric(rawValue: name) { return self.builtIns[metric.index] }
        return self.users.withLock { $0[name] }
    }

    private func recorder(named name: String) throws(MonitorError) -> MetricRecorder {
        if let metric = BuiltInMetric(rawValue: name) { return self.builtIns[metric.index] }
        let found = self.users.withLock { users -> (MetricRecorder, isNew: Bool)? in
            if let known = users[name] { return (known, false) }
            guard users.count < self.configuration.maxUserMetrics else { return nil }
            let made = self.makeRecorder(named: name)
            users[name] = made
            return (made, true)
        }
        guard let (recorder, isNew) = found else {
            throw MonitorError(
                .tooManyMetrics,
                "there are \(self.configuration.maxUserMetrics) metrics of users' own already: use one of them"
            )
        }
        if isNew, let entry = self.dormant.withLock({ $0.metrics.removeValue(forKey: name) }) {
            recorder.restore(entry)
        }
        return recorder
    }

    private func makeRecorder(named name: String) -> MetricRecorder {
        let limit = self.configuration.ringSize
        return MetricRecorder(
            name: name,
            unit: .none,
            ring: SampleRing(reserved: max(1, limit / 10), limit: limit, pool: self.samplePool),
            tags: TagTable(limit: self.configuration.maxTagSets, text: self.tagText, subjectTag: nil)
        )
    }
}
