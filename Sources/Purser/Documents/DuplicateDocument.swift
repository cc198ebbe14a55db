package import PurserCatalog

/// A content that several files have.
package struct DuplicateDocument: Codable, Sendable {
    /// A file that has it.
    package struct Name: Codable, Sendable {
        package var bucket: String
        package var key: String
    }

    package var sha256: String
    package var size: Int64
    package var files: Int64
    package var savedBytes: Int64
    /// Some of the files, by bucket and key.
    package var names: [Name]

    init(_ group: DuplicateGroup, names: [FileRecord]) {
        self.sha256 = group.blob.id.hex
        self.size = group.blob.size
        self.files = group.blob.references
        self.savedBytes = group.savedBytes
        self.names = names.map { Name(bucket: $0.bucket.text, key: $0.key.text) }
    }
}

/// A page of duplicates: `GET /v1/optimizer/duplicates`.
package struct DuplicateListDocument: Codable, Sendable {
    package var duplicates: [DuplicateDocument]
    @OrNull package var nextCursor: String?

    package init(duplicates: [DuplicateDocument], nextCursor: String?) {
        self.duplicates = duplicates
        self.nextCursor = nextCursor
    }
}

extension DuplicatePosition {
    /// How a page's end is told to clients.
    package var cursor: String { "\(self.savedBytes).\(self.row)" }

    /// Reads what ``cursor`` wrote; `nil` where it is none.
    package init?(cursor: String) {
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 2, let saved = parts[0], let row = parts[1], saved >= 0, row >= 0 else { return nil }
        self.init(savedBytes: saved, row: row)
    }
}

extension FileStorageManager {
    /// Names of a content that a page of duplicates shows at most.
    package static let shownDuplicateNames = 10

    /// A page of duplicates with some of their names.
    ///
    /// - Throws: `StoreError`.
    package func duplicateDocument(after position: DuplicatePosition?, limit: Int) throws -> DuplicateListDocument {
        let groups = try self.duplicates(after: position, limit: limit)
        return DuplicateListDocument(
            duplicates: try groups.map { group in
                DuplicateDocument(
                    group,
                    names: try self.optimizer.files(of: group, limit: Self.shownDuplicateNames)
                )
            },
            nextCursor: groups.count == limit ? groups.last?.position.cursor : nil
        )
    }
}
