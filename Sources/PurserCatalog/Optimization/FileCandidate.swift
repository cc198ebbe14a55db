package import Foundation
import GRDB
package import PurserIdentifiers

/// A file as the optimizer looks at it: with its content's figures and its use.
package struct FileCandidate: Sendable {
    /// The number of its content's row.
    package var blobRow: Int64
    /// Its content.
    package var blob: BlobID
    /// Bytes of the content.
    package var size: Int64
    /// Bytes of the content as kept.
    package var storedSize: Int64
    /// How many files have the content.
    package var references: Int64
    /// The number of its bucket's row.
    package var bucketRow: Int64
    /// Its bucket.
    package var bucket: BucketName
    /// Its name.
    package var key: FileKey
    /// The media type its user gave.
    package var contentType: String?
    /// Its metadata as kept: a JSON object.
    var metadataText: String?
    /// When the key was first written.
    package var createdAt: Date
    /// When the key was last written.
    package var modifiedAt: Date
    /// When it was last read, where that is known.
    package var accessedAt: Date?

    /// When it was last read or written.
    package var usedAt: Date { max(self.modifiedAt, self.accessedAt ?? self.modifiedAt) }

    /// Names and values its user gave; decoded with each call.
    package func metadata() throws -> [String: String] { try MetadataText.decode(self.metadataText) }

    /// Whether its metadata say `pin: true`: the optimizer then never removes it.
    package func isPinned() throws -> Bool {
        guard let text = self.metadataText, text.contains("\"pin\"") else { return false }
        return try self.metadata()["pin"]?.lowercased() == "true"
    }
}

/// Names of buckets by the numbers of their rows, looked up once each.
struct BucketNames {
    private let db: Database
    private var names: [Int64: BucketName] = [:]

    init(_ db: Database) {
        self.db = db
    }

    mutating func name(of row: Int64) throws -> BucketName {
        if let name = self.names[row] { return name }
        let text = try self.db.first(OptimizationQuery.bucketOfRow, [row]) { try $0.text(0) }
        guard let text, let name = try? BucketName(text) else {  // whatever the objection, it was not written by us
            throw CatalogError.undecodable("a bucket's name")
        }
        self.names[row] = name
        return name
    }
}

extension FileCandidate {
    /// Decodes the columns of the queries in ``OptimizationQuery`` that select a candidate.
    init(_ row: Row, _ buckets: inout BucketNames) throws {
        guard let blob = try row.bytes(1, { BlobID(bytes: $0) }),
            let key = try row.bytes(6, { bytes in try? FileKey(utf8: bytes) })  // as for a bucket's name
        else { throw CatalogError.undecodable("a file's row") }
        let bucketRow = try row.integer(5)
        self.init(
            blobRow: try row.integer(0),
            blob: blob,
            size: try row.integer(2),
            storedSize: try row.integer(3),
            references: try row.integer(4),
            bucketRow: bucketRow,
            bucket: try buckets.name(of: bucketRow),
            key: key,
            contentType: row[7] as String?,
            metadataText: row[8] as String?,
            createdAt: Date(milliseconds: try row.integer(9)),
            modifiedAt: Date(milliseconds: try row.integer(10)),
            accessedAt: (row[11] as Int64?).map(Date.init(milliseconds:))
        )
    }
}
