/// Why bytes could not be stored, read or removed, or a storage folder not be opened.
public struct BlobError: Error, Sendable {
    /// Stable and public: the `code` of the problem document.
    ///
    /// Never reused with another meaning.
    public enum Code: String, Sendable, CaseIterable {
        /// No such blob on disk.
        case absent = "blob_absent"
        /// The bytes on disk are not the blob's.
        case damaged = "content_damaged"
        /// The disk, or the share of it that this user may take, is full.
        case noSpace = "store_full"
        /// The disk failed.
        case inputOutput = "io_error"
        /// The disk could not say that bytes are durable. Nothing more may be written to the store by this process, and the
        /// call not be tried again: the system may have dropped the bytes and would report success.
        case synchronizationFailed = "fsync_failed"
        /// Another process has the storage folder open.
        case locked = "store_locked"
        /// A newer Purser wrote the storage folder.
        case newerFormat = "newer_format"
        /// The folder holds something that is not a store.
        case notAStore = "not_a_store"
    }

    /// What happened, for programs.
    public var code: Code
    /// What happened and what to do about it, for people; may change.
    public var message: String
    /// For the log, never for a client.
    public var cause: (any Error)?

    /// Describes a failure.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension BlobError {
    /// Says in this layer's words what the disk said.
    ///
    /// The task completes "… failed".
    init(_ error: FileSystemError, _ task: String) {
        if error.isFailedSynchronization {
            self.init(
                .synchronizationFailed,
                "\(task) failed: the disk did not confirm that the bytes are safe; check the disk, then restart",
                cause: error
            )
        } else if error.isNoSpace {
            self.init(.noSpace, "\(task) failed: the disk is full", cause: error)
        } else {
            self.init(.inputOutput, "\(task) failed: \(error.errno)", cause: error)
        }
    }

    /// Runs calls to the disk and says in this layer's words where one failed.
    static func translating<Value>(
        _ task: @autoclosure () -> String,
        _ body: () throws(FileSystemError) -> Value
    ) throws(BlobError) -> Value {
        do {
            return try body()
        } catch {
            throw BlobError(error, task())
        }
    }
}

extension BlobError: CustomStringConvertible {
    /// Message, code and cause.
    public var description: String {
        let cause = self.cause.map { "; cause: \($0)" } ?? ""
        return "\(self.message) (\(self.code.rawValue)\(cause))"
    }
}
