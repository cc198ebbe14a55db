import PurserIdentifiers

/// Why the catalog did not do what it was asked.
public struct CatalogError: Error, Sendable {
    /// Stable and public: the `code` of the problem document.
    ///
    /// Never reused with another meaning.
    public enum Code: String, Sendable, CaseIterable {
        /// There is no bucket of that name.
        case noSuchBucket = "bucket_not_found"
        /// There is no file of that key in the bucket.
        case noSuchFile = "file_not_found"
        /// A bucket that still holds files was to be deleted.
        case bucketNotEmpty = "bucket_not_empty"
        /// The ``WritePrecondition`` does not hold; ``CatalogError/current`` is the file that stands there.
        case preconditionFailed = "precondition_failed"
        /// A content was named as already there, but it is absent, damaged or about to be deleted: bring its bytes.
        case blobAbsent = "blob_absent"
        /// The collector is deleting this content's bytes: offer it again once ``Catalog/forget(_:)`` is done.
        case blobDeleting = "blob_deleting"
        /// The bytes offered are kept in another way than in the catalog: look whether they are still there.
        case blobElsewhere = "blob_elsewhere"
        /// A content was to be forgotten that is not marked as being deleted.
        case blobInUse = "blob_in_use"
        /// The description of a file contradicts itself or what is known of its content.
        case contradiction = "contradiction"
        /// The disk is full; the catalog goes on once there is room.
        case noSpace = "store_full"
        /// Another program holds the database locked.
        case busy = "catalog_busy"
        /// An earlier failure of the disk has made the catalog read-only until it is opened again.
        case readOnly = "read_only"
        /// Reading or writing the database failed; whether the write will be there after a restart is unknown.
        case storageFailure = "storage_failure"
        /// The database is not a catalog, or its pages are not what they should be.
        case damaged = "catalog_damaged"
        /// The database was written by a newer version of Purser.
        case newerFormat = "newer_format"
        /// The catalog is closed.
        case closed = "catalog_closed"
        /// A fault of Purser's own.
        case internalFailure = "internal_error"
    }

    /// What is wrong, for programs.
    public var code: Code
    /// What is wrong, for people; may change.
    public var message: String
    /// The file that stands under the key, where a precondition failed and there is one.
    public var current: FileRecord?
    /// What lies beneath, for the log and never for a client.
    public var cause: (any Error)?

    /// Describes a refusal or a failure.
    public init(_ code: Code, _ message: String, current: FileRecord? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.current = current
        self.cause = cause
    }
}

extension CatalogError {
    /// Whether the error says that the disk or the database itself cannot be trusted any more.
    var poisons: Bool { self.code == .storageFailure || self.code == .damaged }

    /// Whether a verb decided this, rather than a statement that failed: it then has changed nothing.
    var isDecision: Bool {
        switch self.code {
        case .noSuchBucket, .noSuchFile, .bucketNotEmpty, .preconditionFailed, .blobAbsent, .blobDeleting,
            .blobElsewhere,
            .blobInUse, .contradiction:
            true
        case .noSpace, .busy, .readOnly, .storageFailure, .damaged, .newerFormat, .closed, .internalFailure:
            false
        }
    }

    static func noSuchBucket(_ bucket: BucketName) -> CatalogError {
        CatalogError(.noSuchBucket, "there is no bucket '\(bucket)'")
    }

    static func noSuchFile(in bucket: BucketName) -> CatalogError {
        CatalogError(.noSuchFile, "there is no such file in bucket '\(bucket)'")
    }
}

extension CatalogError: CustomStringConvertible {
    /// The message, the code and the cause.
    public var description: String {
        let cause = self.cause.map { ": \($0)" } ?? ""
        return "\(self.message) (\(self.code.rawValue))\(cause)"
    }
}
