public import Foundation
public import PurserIdentifiers

/// A bucket and what it holds.
public struct BucketRecord: Sendable, Equatable {
    /// Its name.
    public var name: BucketName
    /// When it was made.
    public var createdAt: Date
    /// Files in it.
    public var files: Int64
    /// Bytes of these files as their users see them.
    public var logicalBytes: Int64
    /// Bytes as kept of the distinct contents that these files have, each once.
    ///
    /// A content that several buckets have counts in each: the sum over all buckets may be more than the store holds.
    public var physicalBytes: Int64 = 0
}
