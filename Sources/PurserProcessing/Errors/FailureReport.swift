/// A failure as the report of a job has it.
public struct FailureReport: Sendable, Hashable, Codable {
    /// The step that failed; `nil` where the file did as a whole.
    public var step: String?
    /// Stable and public, in snake case.
    public var code: String
    /// For people.
    public var message: String
    /// How bad it is.
    public var severity: FailureSeverity
    /// Whether its sender can do something about it.
    public var isRecoverable: Bool

    private enum CodingKeys: String, CodingKey {
        case step, code, message, severity
        case isRecoverable = "recoverable"
    }

    /// The most characters of a message.
    static let maxMessageLength = 2_000

    /// Describes a failure.
    ///
    /// - Parameters:
    ///   - failure: What the step said; a long message is cut.
    ///   - step: The step.
    ///   - severity: What the pipeline says about the step's failures.
    public init(_ failure: StepFailure, step: String? = nil, severity: FailureSeverity? = nil) {
        self.step = step
        self.code = failure.code
        self.message = String(failure.message.prefix(Self.maxMessageLength))
        self.severity = severity ?? failure.severity
        self.isRecoverable = failure.isRecoverable
    }
}
