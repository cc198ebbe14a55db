public import PurserOperations

/// Whether and how much is measured.
///
/// With the defaults all that is kept takes at most 20 MB, however much is recorded; larger bounds take more.
public struct MeasuringConfiguration: Sendable, Hashable {
    /// `monitor.enabled`: whether anything is measured at all.
    public var isEnabled = true
    /// `monitor.samples`: the latest samples kept of each metric; 100 to 100,000.
    ///
    /// Those of a user's own metrics share a pool: each has room for a tenth, and for more while the pool lasts.
    public var ringSize = 10_000
    /// `monitor.user_metrics`: metrics that a user may record under names of their own; 0 to 1,000.
    public var maxUserMetrics = 100
    /// `monitor.tag_sets`: distinct sets of tags of one metric; what comes later counts as `other`; 1 to 10,000.
    public var maxTagSets = 1_000
    /// `monitor.operations`: operations remembered after their end; 0 to 100,000.
    public var rememberedOperations = 1_000
    /// `monitor.history.minutes`: how long the figures of each minute are kept; at least 2 h.
    public var minuteRetention: Duration = .seconds(7 * 86_400)
    /// `monitor.history.hours`: how long the figures of each hour are kept; at least as long as those of minutes.
    public var hourRetention: Duration = .seconds(365 * 86_400)

    /// Takes the defaults.
    public init() {}
}

extension MeasuringConfiguration {
    /// Everything that is wrong with these settings; empty when they can be.
    public func problems() -> [SettingProblem] {
        var problems: [SettingProblem] = []
        func expect(_ holds: Bool, _ key: String, _ value: some Any, _ accepted: String) {
            guard !holds else { return }
            problems.append(SettingProblem("monitor.\(key)", got: "\(value)", takes: accepted))
        }
        expect((100...100_000).contains(self.ringSize), "samples", self.ringSize, "100 to 100000")
        expect((0...1_000).contains(self.maxUserMetrics), "user_metrics", self.maxUserMetrics, "0 to 1000")
        expect((1...10_000).contains(self.maxTagSets), "tag_sets", self.maxTagSets, "1 to 10000")
        expect(
            (0...100_000).contains(self.rememberedOperations),
            "operations",
            self.rememberedOperations,
            "0 to 100000"
        )
        expect(self.minuteRetention >= .seconds(7_200), "history.minutes", self.minuteRetention, "2h or more")
        expect(
            self.hourRetention >= self.minuteRetention,
            "history.hours",
            self.hourRetention,
            "monitor.history.minutes or more"
        )
        return problems
    }
}
