import PurserIdentifiers

/// A bucket and a key.
struct FilePlace: Sendable, Hashable, CustomStringConvertible {
    /// The bucket.
    var bucket: BucketName
    /// The key within it.
    var key: FileKey

    /// As people write it: `bucket/key`.
    var description: String { "\(self.bucket)/\(self.key)" }
}
