public import Foundation
public import PurserIdentifiers

/// A file to be committed.
public struct NewFile: Sendable {
    /// Where the bytes of the content are.
    public enum Content: Sendable {
        /// The catalog knows the content already.
        case existing
        /// Here; the catalog keeps them itself. Small contents only.
        case inline(Data)
        /// On the disk, durably, under the content's name.
        case stored(encoding: String, storedBytes: Int64)
    }

    /// The bucket to put it in.
    public var bucket: BucketName
    /// Its name within the bucket.
    public var key: FileKey
    /// The content's digest.
    public var blob: BlobID
    /// Bytes of the content.
    public var size: Int64
    /// Where the content's bytes are.
    public var content: Content
    /// The media type its user gave.
    public var contentType: String?
    /// Names and values its user gave.
    public var metadata: [String: String]
    /// What must hold of the file that stands under the key.
    public var precondition: WritePrecondition
    /// The time of the write.
    public var at: Date

    /// Describes a file.
    public init(
        bucket: BucketName,
        key: FileKey,
        blob: BlobID,
        size: Int64,
        content: Content,
        contentType: String? = nil,
        metadata: [String: String] = [:],
        precondition: WritePrecondition = .none,
        at: Date
    ) {
        self.bucket = bucket
        self.key = key
        self.blob = blob
        self.size = size
        self.content = content
        self.contentType = contentType
        self.metadata = metadata
        self.precondition = precondition
        self.at = at
    }
}

extension NewFile.Content {
    var isExisting: Bool { if case .existing = self { true } else { false } }

    /// How the content will be kept, where it is new.
    var kept: (encoding: String, storedSize: Int64, bytes: Data?) {
        switch self {
        case .existing: preconditionFailure("a content said to exist is never inserted")
        case .inline(let bytes): (BlobRecord.inlineEncoding, Int64(bytes.count), bytes)
        case .stored(let encoding, let storedBytes): (encoding, storedBytes, nil)
        }
    }

    /// Refuses descriptions that contradict themselves, before they reach the database.
    func check(size: Int64) throws(CatalogError) {
        switch self {
        case .existing:
            break
        case .inline(let bytes):
            guard Int64(bytes.count) == size else {
                throw CatalogError(.contradiction, "\(bytes.count) bytes are said to be \(size)")
            }
        case .stored(let encoding, let storedBytes):
            guard !encoding.isEmpty, encoding != BlobRecord.inlineEncoding, storedBytes >= 0, size >= 0 else {
                throw CatalogError(
                    .contradiction,
                    "a content cannot be stored as '\(encoding)' in \(storedBytes) bytes"
                )
            }
        }
    }
}
