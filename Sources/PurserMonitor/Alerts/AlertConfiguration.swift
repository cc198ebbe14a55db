public import PurserOperations

/// When there are alerts, and how often somebody is told.
public struct AlertConfiguration: Sendable, Hashable {
    /// `monitor.alerts.rules`: the rules; at most ``ruleLimit``.
    public var rules = AlertRule.shipped
    /// `monitor.alerts.maintenance`: times in which nobody is told; at most 100.
    public var maintenance: [MaintenanceWindow] = []
    /// `monitor.alerts.notify_interval`: how long after one alert of a rule and subject the next is told; 0 s to a day.
    ///
    /// One that still fires then is told then.
    public var notifyInterval: Duration = .seconds(300)
    /// `monitor.alerts.notifications_per_minute`: how many alerts are told in a minute, in all; 1 to 10,000.
    ///
    /// The others are told later, while they fire.
    public var notificationsPerMinute = 30
    /// `monitor.alerts.open_limit`: how many alerts may be open at the same time; 1 to 10,000.
    ///
    /// What comes beyond is counted and dropped.
    public var openLimit = 1_000
    /// `monitor.alerts.resolved_limit`: how many resolved alerts are remembered; 1 to 10,000.
    public var resolvedLimit = 1_000

    /// How many rules there may be.
    public static let ruleLimit = 1_000

    /// Takes the defaults.
    public init() {}
}

extension AlertConfiguration {
    /// Everything that is wrong with these settings; empty when they can be.
    ///
    /// - Parameter userMetrics: Names of metrics that are not built in, and may be looked at all the same.
    /// - Returns: The problems, each with its key, such as `monitor.alerts.rules[2].window`.
    public func problems(userMetrics: Set<String> = []) -> [SettingProblem] {
        var problems: [SettingProblem] = []
        func expect(_ holds: Bool, _ key: String, _ got: some Any, _ takes: String) {
            if !holds { problems.append(SettingProblem("monitor.alerts.\(key)", got: "\(got)", takes: takes)) }
        }
        expect(self.rules.count <= Self.ruleLimit, "rules", "\(self.rules.count) rules", "\(Self.ruleLimit) or less")
        var names: Set<String> = []
        for (index, rule) in self.rules.enumerated() {
            let key = "monitor.alerts.rules[\(index)]"
            problems += rule.problems(key: key, userMetrics: userMetrics)
            if !names.insert(rule.name).inserted {
                problems.append(SettingProblem("\(key).name", got: "'\(rule.name)'", takes: "a name of its own"))
            }
        }
        let known = names.union(EventAlert.allCases.map(\.rawValue))
        expect(self.maintenance.count <= 100, "maintenance", "\(self.maintenance.count) windows", "100 or less")
        for (index, window) in self.maintenance.enumerated() {
            problems += window.problems(key: "monitor.alerts.maintenance[\(index)]", known: known)
        }
        expect(
            (.zero...Duration.seconds(86_400)).contains(self.notifyInterval),
            "notify_interval",
            self.notifyInterval,
            "0s to 1d"
        )
        expect(
            (1...10_000).contains(self.notificationsPerMinute),
            "notifications_per_minute",
            self.notificationsPerMinute,
            "1 to 10000"
        )
        expect((1...10_000).contains(self.openLimit), "open_limit", self.openLimit, "1 to 10000")
        expect((1...10_000).contains(self.resolvedLimit), "resolved_limit", self.resolvedLimit, "1 to 10000")
        return problems
    }
}
