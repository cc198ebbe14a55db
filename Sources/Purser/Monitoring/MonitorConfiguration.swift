public import PurserMonitor
import PurserOperations

/// What is measured, who is told, and what is exported.
public struct MonitorConfiguration: Sendable {
    /// `monitor.enabled` and how much is measured and kept.
    public var measuring = MeasuringConfiguration()
    /// `monitor.machine.every`: the time between two looks at the process and its machine; 1 s to 1 h.
    public var machineInterval = Duration.seconds(5)
    /// `monitor.memory.*`: from how much memory on something is done about it.
    public var memory = MemoryConfiguration()
    /// `monitor.thresholds.*`: how long operations may take.
    public var thresholds = DurationThresholds()
    /// `monitor.alerts.*`: when there is an alert.
    public var alerts = AlertConfiguration()
    /// `monitor.alerts.every`: the time between two looks at the rules; 1 s to 1 h.
    public var alertInterval = Duration.seconds(5)
    /// `monitor.metrics`: metrics of one's own that rules may name before anything was recorded under them.
    public var userMetrics: Set<String> = []
    /// `monitor.log`, `monitor.webhooks`, `monitor.email`: who is told of alerts.
    public var channels = ChannelConfiguration()
    /// `monitor.export.*`: documents that are written by themselves.
    public var export = ExportConfiguration()

    /// The defaults.
    public init() {}

    /// Everything that is wrong with these settings; empty when they can be.
    func problems() -> [SettingProblem] {
        self.measuring.problems() + self.memory.problems() + self.thresholds.problems()
            + self.alerts.problems(userMetrics: self.userMetrics) + self.channels.problems() + self.export.problems()
    }
}
