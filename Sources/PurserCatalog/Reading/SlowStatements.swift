import GRDB

/// Tells of statements that took long, by a stable label.
struct SlowStatements: Sendable {
    private static let labels = Dictionary(uniqueKeysWithValues: Query.allCases.map { ($0.rawValue, "\($0)") })

    private let threshold: Duration
    private let report: @Sendable (String, Duration) -> Void

    /// `nil` where nobody listens: statements are not measured then.
    init?(_ configuration: CatalogConfiguration) {
        guard let report = configuration.onSlowStatement else { return nil }
        self.threshold = configuration.slowStatementThreshold
        self.report = report
    }

    /// Has SQLite measure the statements of a connection, from now on.
    func watch(_ db: Database) {
        db.trace(options: .profile) { event in
            guard case .profile(let statement, let seconds) = event else { return }
            let duration = Duration.seconds(seconds)
            guard duration >= self.threshold else { return }
            self.report(Self.label(of: statement.sql), duration)
        }
    }

    /// The name of a statement: from a closed set, whatever it is about.
    static func label(of sql: String) -> String {
        if let label = self.labels[sql] { return label }
        for word in ["begin", "commit", "rollback"] where sql.lowercased().hasPrefix(word) { return word }
        return "other"
    }
}
