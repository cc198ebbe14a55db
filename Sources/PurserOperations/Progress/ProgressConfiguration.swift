/// What the tracker remembers.
public struct ProgressConfiguration: Sendable, Hashable {
    /// `progress.history_limit`: entries of history kept per operation, the newest; at least 1.
    public var historyLimit = 100
    /// `progress.remembered`: finished operations that are kept in memory; at least 0.
    public var remembered = 1_000
    /// `progress.remembered_histories`: how many of them, the last to end, keep their whole history; at least 0.
    public var rememberedHistories = 100
    /// `progress.update_interval`: the least time between two updates of one operation to one observer.
    public var updateInterval: Duration = .milliseconds(100)

    /// Takes the defaults.
    public init() {}

    /// Everything that is wrong with these settings.
    public func problems() -> [SettingProblem] {
        var problems: [SettingProblem] = []
        if self.historyLimit < 1 {
            problems.append(SettingProblem("progress.history_limit", got: "\(self.historyLimit)", takes: "1 or more"))
        }
        if self.remembered < 0 {
            problems.append(SettingProblem("progress.remembered", got: "\(self.remembered)", takes: "0 or more"))
        }
        if self.rememberedHistories < 0 {
            problems.append(
                SettingProblem(
                    "progress.remembered_histories",
                    got: "\(self.rememberedHistories)",
                    takes: "0 or more"
                )
            )
        }
        if self.updateInterval < .zero {
            problems.append(
                SettingProblem("progress.update_interval", got: "\(self.updateInterval)", takes: "0s or more")
            )
        }
        return problems
    }
}
