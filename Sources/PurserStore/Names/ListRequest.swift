public import PurserCatalog
public import PurserIdentifiers

/// A page of names that is asked for.
public struct ListRequest: Sendable {
    /// Most entries of a page.
    public static let maxLimit = 1000

    /// The bucket.
    public var bucket: BucketName
    /// Only keys that begin so, byte for byte.
    public var prefix: String
    /// Keys that share what stands before the first delimiter behind the prefix are rolled up into one entry.
    public var delimiter: String?
    /// Where the page before ended.
    public var after: ListPosition?
    /// Most entries, files and prefixes together; 1–1,000.
    public var limit: Int

    /// Describes a page; the first one of all keys unless told otherwise.
    public init(
        bucket: BucketName,
        prefix: String = "",
        delimiter: String? = nil,
        after: ListPosition? = nil,
        limit: Int = ListRequest.maxLimit
    ) {
        self.bucket = bucket
        self.prefix = prefix
        self.delimiter = delimiter
        self.after = after
        self.limit = limit
    }
}
