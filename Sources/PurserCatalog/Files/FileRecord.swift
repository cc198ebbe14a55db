public import Foundation
public import PurserIdentifiers

/// A file: a name with its content and what goes with it.
public struct FileRecord: Sendable, Equatable {
    /// The bucket it is in.
    public var bucket: BucketName
    /// Its name within the bucket.
    public var key: FileKey
    /// Its content.
    public var blob: BlobID
    /// Bytes of the content.
    public var size: Int64
    /// The media type its user gave.
    public var contentType: String?
    /// Names and values its user gave.
    public var metadata: [String: String]
    /// When the key was first written; replacing the content keeps it.
    public var createdAt: Date
    /// When the key was last written.
    public var modifiedAt: Date
    /// How the content is kept: see ``BlobRecord/encoding``.
    public var encoding: String
    /// Bytes of the content as kept, encoded.
    public var storedSize: Int64
    /// Whether the content's bytes were found damaged.
    public var isDamaged: Bool
}
