/// How urgent an alert is, the least first; channels name the least that they are given.
public enum AlertSeverity: String, Sendable, CaseIterable, Codable, Comparable {
    /// Good to know; nobody has to do anything.
    case info
    /// Will become a problem if it goes on.
    case warning
    /// Something does not work as it should.
    case error
    /// Somebody has to act now.
    case critical

    /// Orders by urgency.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .error: 2
        case .critical: 3
        }
    }
}
