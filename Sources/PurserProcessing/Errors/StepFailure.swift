/// Why a step could not do its work on a file.
public struct StepFailure: Error, Sendable, Hashable {
    /// Stable and public, in snake case, such as `timed_out`, `encrypted_document`, `tool_failed`.
    public var code: String
    /// For people: what is wrong with the file or the tool, and what to do next.
    public var message: String
    /// Whether the same step may succeed when it is tried again.
    public var isTransient: Bool
    /// Whether there is something its sender can do about it, such as sending the file without a password.
    public var isRecoverable: Bool
    /// How bad it is, where the pipeline does not say.
    public var severity: FailureSeverity

    /// Describes a failure.
    public init(
        _ code: String,
        _ message: String,
        isTransient: Bool = false,
        isRecoverable: Bool = false,
        severity: FailureSeverity = .error
    ) {
        self.code = code
        self.message = message
        self.isTransient = isTransient
        self.isRecoverable = isRecoverable
        self.severity = severity
    }
}

/// How bad a failure is.
public enum FailureSeverity: String, Sendable, CaseIterable, Codable, Comparable {
    /// Worth knowing.
    case info
    /// The result lacks something.
    case warning
    /// The file has no result.
    case error
    /// The operator has to look.
    case critical

    /// By how bad they are.
    public static func < (one: Self, other: Self) -> Bool {
        one.order < other.order
    }

    private var order: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .error: 2
        case .critical: 3
        }
    }
}
