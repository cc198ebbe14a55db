public import Foundation
import PurserOperations

/// A time in which alerts are kept but nobody is told.
///
/// Those that still fire at its end are told then.
public struct MaintenanceWindow: Sendable, Hashable {
    /// `name`: why; stands in the alerts that it keeps quiet.
    public var name: String
    /// `from`: when it begins.
    public var from: Date
    /// `to`: when it ends, exclusive.
    public var to: Date
    /// `rules`: names of the rules and events that it keeps quiet; all where none is named.
    public var rules: Set<String>
    /// `severities`: the severities that it keeps quiet; all where none is named.
    public var severities: Set<AlertSeverity>

    /// Makes a window.
    public init(
        name: String,
        from: Date,
        to: Date,
        rules: Set<String> = [],
        severities: Set<AlertSeverity> = []
    ) {
        self.name = name
        self.from = from
        self.to = to
        self.rules = rules
        self.severities = severities
    }

    /// Whether it keeps an alert quiet at a time.
    func silences(_ alert: Alert, at time: Date) -> Bool {
        (self.from..<max(self.from, self.to)).contains(time)
            && (self.rules.isEmpty || self.rules.contains(alert.rule))
            && (self.severities.isEmpty || self.severities.contains(alert.severity))
    }

    /// Everything that is wrong with it; `known` are the names of all rules and events.
    func problems(key: String, known: Set<String>) -> [SettingProblem] {
        var problems: [SettingProblem] = []
        if self.name.isEmpty || self.name.utf8.count > 64 {
            problems.append(SettingProblem("\(key).name", got: "'\(self.name)'", takes: "1 to 64 bytes"))
        }
        if self.to <= self.from {
            problems.append(
                SettingProblem("\(key).to", got: self.to.formatted(.iso8601), takes: "a time after \(key).from")
            )
        }
        for rule in self.rules.subtracting(known).sorted() {
            problems.append(SettingProblem("\(key).rules", got: "'\(rule)'", takes: "names of rules and events"))
        }
        return problems
    }
}
