public import PurserOperations

/// Why bytes could not be taken from, or brought to, the place that the caller named.
public struct TransferError: Error, Sendable {
    /// Stable and public: the code in the operation's document.
    ///
    /// Never reused with another meaning.
    public enum Code: String, Sendable, CaseIterable {
        /// The file to upload is not there, is no regular file, or cannot be read.
        case sourceUnreadable = "source_unreadable"
        /// The file to upload was changed while it was read; nothing was stored of it.
        case sourceChanged = "source_changed"
        /// The file to download to cannot be written; nothing is left of it.
        case targetUnwritable = "target_unwritable"
        /// The content is larger than the memory that the caller set aside for it.
        case overLimit = "over_limit"
    }

    /// What happened, for programs.
    public var code: Code
    /// What happened, for people; may change.
    ///
    /// Names no path, as others see the operation too.
    public var message: String
    /// What led to it, with the path; for the one who called.
    public var cause: (any Error)?

    /// Describes a failure.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension TransferError: CustomStringConvertible {
    /// Message, code and cause.
    public var description: String {
        let cause = self.cause.map { "; cause: \($0)" } ?? ""
        return "\(self.message) (\(self.code.rawValue)\(cause))"
    }
}

extension TransferError: OperationFailure {
    /// The code's text.
    public var failureCode: String { self.code.rawValue }
    /// The message.
    public var failureMessage: String { self.message }
}
