import Purser
import PurserCatalog
import PurserIdentifiers

/// A file, as the API shows it.
struct FileDocument: Encodable {
    var bucket: String
    var key: String
    var size: Int64
    var sha256: String
    var etag: String
    var contentType: String
    var metadata: [String: String]
    var createdAt: String
    var modifiedAt: String
    /// Only where the bytes were found damaged.
    var damaged: Bool?

    enum CodingKeys: String, CodingKey {
        case bucket, key, size, sha256, etag, metadata, damaged
        case contentType = "content_type"
        case createdAt = "created_at"
        case modifiedAt = "modified_at"
    }

    init(_ file: FileRecord) {
        self.bucket = file.bucket.text
        self.key = file.key.text
        self.size = file.size
        self.sha256 = file.blob.hex
        self.etag = file.etag
        self.contentType = file.contentType ?? FileDocument.unknownType
        self.metadata = file.metadata
        self.createdAt = file.createdAt.rfc3339
        self.modifiedAt = file.modifiedAt.rfc3339
        self.damaged = file.isDamaged ? true : nil
    }

    /// The type of a file that came without one (RFC 9110 §8.3).
    static let unknownType = "application/octet-stream"
}

/// A file that was just stored or copied.
struct StoredFileDocument: Encodable {
    var file: FileDocument
    var deduplicated: Bool
    var operationID: String

    enum CodingKeys: String, CodingKey {
        case deduplicated
        case operationID = "operation_id"
    }

    init(_ stored: StoredFile) {
        self.file = FileDocument(stored.file)
        self.deduplicated = stored.isDeduplicated
        self.operationID = stored.operationID.description
    }

    func encode(to encoder: any Encoder) throws {
        try self.file.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.deduplicated, forKey: .deduplicated)
        try container.encode(self.operationID, forKey: .operationID)
    }
}

/// A page of a listing.
struct FileListDocument: Encodable {
    var files: [FileDocument]
    var prefixes: [String]
    @OrNull var nextCursor: String?

    enum CodingKeys: String, CodingKey {
        case files, prefixes
        case nextCursor = "next_cursor"
    }
}

/// A bucket and what it holds.
struct BucketDocument: Encodable {
    var name: String
    var createdAt: String
    var files: Int64
    var logicalBytes: Int64
    var physicalBytes: Int64

    enum CodingKeys: String, CodingKey {
        case name, files
        case createdAt = "created_at"
        case logicalBytes = "logical_bytes"
        case physicalBytes = "physical_bytes"
    }

    init(_ bucket: BucketRecord) {
        self.name = bucket.name.text
        self.createdAt = bucket.createdAt.rfc3339
        self.files = Int64(bucket.files)
        self.logicalBytes = bucket.logicalBytes
        self.physicalBytes = bucket.physicalBytes
    }
}

/// All buckets.
struct BucketListDocument: Encodable {
    var buckets: [BucketDocument]
}
