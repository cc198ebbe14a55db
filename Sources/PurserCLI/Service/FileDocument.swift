import PurserIdentifiers

/// A file, as the API and `--json` show it.
struct FileDocument: Codable, Sendable, Hashable {
    /// The bucket it is in.
    var bucket: String
    /// Its key.
    var key: String
    /// Bytes of its content.
    var size: Int64
    /// The content's SHA-256, in hexadecimal digits.
    var sha256: String
    /// The entity tag, with its quotes.
    var etag: String
    /// The media type.
    var contentType: String
    /// What its user keeps with it.
    var metadata: [String: String]
    /// When the key was first written (RFC 3339).
    var createdAt: String
    /// When the key was last written (RFC 3339).
    var modifiedAt: String
    /// `true` where the bytes were found damaged: storing the file again mends them.
    var damaged: Bool?

    enum CodingKeys: String, CodingKey {
        case bucket, key, size, sha256, etag, metadata, damaged
        case contentType = "content_type"
        case createdAt = "created_at"
        case modifiedAt = "modified_at"
    }
}

extension ContentFacts {
    /// What a document says of a content.
    ///
    /// - Throws: ``CommandError`` where that cannot be.
    init(_ file: FileDocument) throws {
        guard let sha256 = BlobID(hex: file.sha256), file.size >= 0 else {
            throw CommandError(
                "the server's answer cannot be understood; it may be of another version than this program"
            )
        }
        self.init(size: file.size, sha256: sha256)
    }
}

/// A file that was just stored or copied.
struct StoredFileDocument: Codable, Sendable, Hashable {
    /// The file as it is now.
    var file: FileDocument
    /// Whether its content was there before, so that nothing was written.
    var isDeduplicated: Bool
    /// The operation that stored it.
    var operationID: String

    enum CodingKeys: String, CodingKey {
        case isDeduplicated = "deduplicated"
        case operationID = "operation_id"
    }

    init(file: FileDocument, isDeduplicated: Bool, operationID: String) {
        self.file = file
        self.isDeduplicated = isDeduplicated
        self.operationID = operationID
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.file = try FileDocument(from: decoder)
        self.isDeduplicated = try container.decode(Bool.self, forKey: .isDeduplicated)
        self.operationID = try container.decode(String.self, forKey: .operationID)
    }

    func encode(to encoder: any Encoder) throws {
        try self.file.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.isDeduplicated, forKey: .isDeduplicated)
        try container.encode(self.operationID, forKey: .operationID)
    }
}

/// A bucket and what it holds.
struct BucketDocument: Codable, Sendable, Hashable {
    /// Its name.
    var name: String
    /// When it was made (RFC 3339).
    var createdAt: String
    /// Files in it.
    var files: Int64
    /// Bytes of these files.
    var logicalBytes: Int64
    /// Bytes as kept of the distinct contents that these files have.
    var physicalBytes: Int64

    enum CodingKeys: String, CodingKey {
        case name, files
        case createdAt = "created_at"
        case logicalBytes = "logical_bytes"
        case physicalBytes = "physical_bytes"
    }
}
