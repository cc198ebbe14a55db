public import PurserOperations

/// Why an alert was not changed as asked.
public struct AlertError: Error, Sendable, Hashable {
    /// Stable and public: the `code` of the problem document.
    public enum Code: String, Sendable, CaseIterable {
        /// No alert of this id is open or remembered.
        case alertNotFound = "alert_not_found"
        /// The alert is resolved: there is nothing left to do.
        case alertResolved = "alert_resolved"
        /// The alert does not fire yet.
        case alertPending = "alert_pending"
    }

    /// What happened, for programs.
    public var code: Code
    /// What happened, for people; may change.
    public var message: String

    /// Describes a refusal.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension AlertError: OperationFailure {
    /// The code's stable name.
    public var failureCode: String { self.code.rawValue }
    /// The message.
    public var failureMessage: String { self.message }
}
