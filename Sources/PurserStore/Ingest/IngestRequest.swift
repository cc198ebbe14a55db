public import PurserCatalog
public import PurserIdentifiers

/// What is to be stored, beside the bytes.
public struct IngestRequest: Sendable {
    /// Where it goes.
    public var bucket: BucketName
    /// Its name.
    public var key: FileKey
    /// Its media type (RFC 9110 §8.3), kept as given.
    public var contentType: String?
    /// The user's own metadata.
    public var metadata: [String: String]
    /// What must hold of the file that has the name now.
    public var precondition: WritePrecondition
    /// How many bytes will come; `nil` where that is not known.
    public var announcedSize: Int64?
    /// Digests that the content must have.
    public var digests: ExpectedDigests
    /// Whether the bytes need not be read where a live file holds the content announced, by digest and size.
    ///
    /// Knowing a digest is not owning the bytes: only for callers that may read such a file.
    public var takesKnownContent: Bool
    /// More bytes than these are refused.
    public var maxSize: Int64

    /// Describes a file that anything may be replaced by.
    public init(
        bucket: BucketName,
        key: FileKey,
        contentType: String? = nil,
        metadata: [String: String] = [:],
        precondition: WritePrecondition = .none,
        announcedSize: Int64? = nil,
        digests: ExpectedDigests = ExpectedDigests(),
        takesKnownContent: Bool = false,
        maxSize: Int64 = .max
    ) {
        self.bucket = bucket
        self.key = key
        self.contentType = contentType
        self.metadata = metadata
        self.precondition = precondition
        self.announcedSize = announcedSize
        self.digests = digests
        self.takesKnownContent = takesKnownContent
        self.maxSize = maxSize
    }
}

/// Digests announced for a content, checked once it is there.
public struct ExpectedDigests: Sendable, Hashable {
    /// The SHA-256, where announced.
    public var sha256: BlobID?
    /// The 64 bytes of the SHA-512, where announced; costs a second hash.
    public var sha512: [UInt8]?

    /// Describes what was announced.
    public init(sha256: BlobID? = nil, sha512: [UInt8]? = nil) {
        self.sha256 = sha256
        self.sha512 = sha512
    }
}
