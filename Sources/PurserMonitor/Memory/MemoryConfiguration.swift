public import PurserOperations

/// From how much memory on something is done about it.
public struct MemoryConfiguration: Sendable, Hashable {
    /// `monitor.memory.elevated`: bytes from which caches are dropped and freed memory is given back.
    public var elevatedBytes: Int64 = 400_000_000
    /// `monitor.memory.warning`: bytes from which there is a warning; at least those of the level before.
    public var warningBytes: Int64 = 2_000_000_000
    /// `monitor.memory.critical`: bytes from which half as much is admitted; at least those of the level before.
    public var criticalBytes: Int64 = 3_000_000_000
    /// `monitor.memory.exhausted`: bytes from which only deletes are admitted, until below `monitor.memory.critical`; more
    /// than those of the level before.
    public var exhaustedBytes: Int64 = 4_000_000_000
    /// `monitor.memory.group_percent`: the share of the control group's limit that counts as exhausted too; above 0, up to
    /// 100.
    public var groupPercent = 90.0
    /// `monitor.memory.hysteresis_percent`: how far below its threshold a level ends; 0 to 50.
    public var hysteresisPercent = 10.0

    /// Takes the defaults.
    public init() {}

    /// Everything that is wrong with these settings; empty when they can be.
    public func problems() -> [SettingProblem] {
        var problems: [SettingProblem] = []
        func expect(_ holds: Bool, _ key: String, _ value: some Any, _ accepted: String) {
            guard !holds else { return }
            problems.append(SettingProblem("monitor.memory.\(key)", got: "\(value)", takes: accepted))
        }
        expect(self.elevatedBytes > 0, "elevated", self.elevatedBytes, "1 byte or more")
        expect(
            self.warningBytes >= self.elevatedBytes,
            "warning",
            self.warningBytes,
            "monitor.memory.elevated or more"
        )
        expect(
            self.criticalBytes >= self.warningBytes,
            "critical",
            self.criticalBytes,
            "monitor.memory.warning or more"
        )
        expect(
            self.exhaustedBytes > self.criticalBytes,
            "exhausted",
            self.exhaustedBytes,
            "more than monitor.memory.critical"
        )
        expect(
            self.groupPercent > 0 && self.groupPercent <= 100,
            "group_percent",
            self.groupPercent,
            "above 0, up to 100"
        )
        expect((0...50).contains(self.hysteresisPercent), "hysteresis_percent", self.hysteresisPercent, "0 to 50")
        return problems
    }
}
