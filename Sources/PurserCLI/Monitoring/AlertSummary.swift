import Purser

/// An alert, as far as people are shown it.
struct AlertSummary: Decodable, Sendable {
    struct Change: Decodable, Sendable {
        var state: String
        var at: String
        var reason: String
    }

    var id: String
    var rule: String
    var severity: String
    var state: String
    var subject: String
    var message: String
    var value: Double?
    var threshold: Double?
    var startedAt: String
    var firedAt: String?
    var acknowledgedAt: String?
    var resolvedAt: String?
    var occurrences: Int
    var changes: [Change]
    var suppressedBy: String?

    /// What it is known by: its rule, and its subject where it has one.
    var name: String { self.subject.isEmpty ? self.rule : "\(self.rule) (\(self.subject))" }

    /// A line of a list.
    var line: String {
        let width = AlertState.allCases.map(\.rawValue.count).max() ?? 0
        return "\(self.id)  \(self.startedAt)  \(self.severity.padding(to: 8))  \(self.state.padding(to: width))  "
            + "\(self.name): \(self.message)"
    }

    /// All that people may want to know of it, a line each.
    var lines: [String] {
        let facts: [(String, String?)] = [
            ("id", self.id), ("rule", self.rule), ("subject", self.subject.isEmpty ? nil : self.subject),
            ("severity", self.severity), ("state", self.state), ("message", self.message),
            ("value", self.value.map { FigureText.metric($0, nil) }),
            ("threshold", self.threshold.map { FigureText.metric($0, nil) }), ("started", self.startedAt),
            ("fired", self.firedAt), ("acknowledged", self.acknowledgedAt), ("resolved", self.resolvedAt),
            ("happened", self.occurrences > 1 ? "\(self.occurrences) times" : nil),
            ("not told", self.suppressedBy),
        ]
        return facts.compactMap { name, text in text.map { "\(name.padding(to: 12))  \($0)" } }
            + self.changes.map { "\("history".padding(to: 12))  \($0.at)  \($0.state): \($0.reason)" }
    }
}

/// A list of alerts.
struct AlertSummaryList: Decodable, Sendable {
    var alerts: [AlertSummary]
}
