public import PurserCatalog
public import PurserOperations

/// Why the store could not do what it was asked.
public struct StoreError: Error, Sendable {
    /// Stable and public: the `code` of the problem document.
    ///
    /// Never reused with another meaning.
    public enum Code: String, Sendable, CaseIterable {
        /// The bucket does not exist.
        case bucketNotFound = "bucket_not_found"
        /// The bucket still has files.
        case bucketNotEmpty = "bucket_not_empty"
        /// No file of that name.
        case fileNotFound = "file_not_found"
        /// The file is not in the state that the request asks for.
        case preconditionFailed = "precondition_failed"
        /// The content does not have the digest that was announced.
        case digestMismatch = "digest_mismatch"
        /// The content is shorter or longer than announced.
        case lengthMismatch = "length_mismatch"
        /// The content is larger than `resources.max_file_size`.
        case fileTooLarge = "file_too_large"
        /// No space: the disk, the quota, or the free-space floor.
        case storeFull = "store_full"
        /// The store takes no writes since a failed fsync or a damaged catalog.
        case readOnly = "read_only"
        /// The stored bytes are not what was once acknowledged.
        case contentDamaged = "content_damaged"
        /// The disk failed.
        case inputOutput = "io_error"
        /// Another process has the store open.
        case locked = "store_locked"
        /// The folder was written by a newer Purser.
        case newerFormat = "newer_format"
        /// The folder holds something else, or nothing although it should.
        case notAStore = "not_a_store"
        /// A fault of Purser's own.
        case `internal` = "internal"
    }

    /// What happened, for programs.
    public var code: Code
    /// What happened and what to do about it, for people; may change.
    public var message: String
    /// The file as it is, where a precondition failed.
    public var current: FileRecord?
    /// For the log, never for a client.
    public var cause: (any Error)?

    /// Describes a failure.
    public init(_ code: Code, _ message: String, current: FileRecord? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.current = current
        self.cause = cause
    }
}

extension StoreError: CustomStringConvertible {
    /// Message, code and cause.
    public var description: String {
        let cause = self.cause.map { "; cause: \($0)" } ?? ""
        return "\(self.message) (\(self.code.rawValue)\(cause))"
    }
}

extension StoreError: OperationFailure {
    /// The code's text.
    public var failureCode: String { self.code.rawValue }
    /// The message.
    public var failureMessage: String { self.message }
}
