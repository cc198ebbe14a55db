public import PurserCatalog
public import PurserIdentifiers

/// A copy that is asked for.
public struct CopyRequest: Sendable {
    /// Bucket of the file to copy.
    public var sourceBucket: BucketName
    /// Key of the file to copy.
    public var sourceKey: FileKey
    /// What must hold of the file to copy.
    public var sourcePrecondition: WritePrecondition
    /// Bucket of the new name.
    public var bucket: BucketName
    /// The new name.
    public var key: FileKey
    /// What must hold of the file that has the new name now.
    public var precondition: WritePrecondition
    /// Another media type and other metadata; `nil` keeps the source's.
    public var attributes: FileAttributes?

    /// Describes a copy that keeps media type and metadata unless told otherwise.
    public init(
        from source: (bucket: BucketName, key: FileKey),
        to target: (bucket: BucketName, key: FileKey),
        sourcePrecondition: WritePrecondition = .none,
        precondition: WritePrecondition = .none,
        attributes: FileAttributes? = nil
    ) {
        self.sourceBucket = source.bucket
        self.sourceKey = source.key
        self.sourcePrecondition = sourcePrecondition
        self.bucket = target.bucket
        self.key = target.key
        self.precondition = precondition
        self.attributes = attributes
    }
}
