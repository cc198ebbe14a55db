package import Foundation
import GRDB
package import PurserIdentifiers

/// A content with the number of its row, by which pages go on.
package struct NumberedBlob: Sendable, Equatable {
    /// The number of its row.
    package var row: Int64
    /// What is known of it.
    package var record: BlobRecord

    init(_ row: BlobRow) {
        self.row = row.row
        self.record = row.record
    }
}

/// A content that several files have.
public struct DuplicateGroup: Sendable, Equatable {
    /// The content.
    public var blob: BlobRecord
    /// The number of its row.
    package var row: Int64
    /// Bytes that its further names would take if each had a copy of its own.
    public var savedBytes: Int64 { self.blob.size * (self.blob.references - 1) }
    /// Where it stands among all groups.
    public var position: DuplicatePosition { DuplicatePosition(savedBytes: self.savedBytes, row: self.row) }
}

/// A place in the order of groups: those that save most come first.
public struct DuplicatePosition: Sendable, Equatable {
    /// Bytes that the group saves.
    public var savedBytes: Int64
    /// The number of its content's row.
    public var row: Int64

    /// Describes a place.
    public init(savedBytes: Int64, row: Int64) {
        self.savedBytes = savedBytes
        self.row = row
    }
}

/// What the collector would find.
package struct RetiredFigures: Sendable, Equatable {
    /// Contents that no file has.
    package var blobs: Int64
    /// Bytes that they hold as kept.
    package var bytes: Int64
    /// The part of these bytes that no removal of the optimizer has counted as won.
    package var uncredited: Int64
}

extension Catalog {
    /// Contents in the order of their rows, whatever their state.
    package func blobs(after row: Int64, limit: Int) throws -> [NumberedBlob] {
        try self.numberedBlobs(.blobs, [row, max(1, limit)])
    }

    /// Contents that are kept as they are and were not judged under a policy, in the order of their rows.
    ///
    /// - Parameters:
    ///   - row: Where a page before ended.
    ///   - minSize: Bytes that they have at least.
    ///   - policy: The policy, such as `zstd:3`; see ``noteVerdict(on:policy:)``.
    ///   - limit: Contents of the page.
    /// - Returns: The contents, all of them live and not known to be damaged.
    /// - Throws: ``CatalogError``.
    package func unencodedBlobs(
        after row: Int64,
        minSize: Int64,
        policy: String,
        limit: Int
    ) throws -> [NumberedBlob] {
        try self.numberedBlobs(.unencodedBlobs, [row, minSize, policy, max(1, limit)])
    }

    /// Contents that are known to be damaged, in the order of their rows.
    package func damagedBlobs(after row: Int64, limit: Int) throws -> [NumberedBlob] {
        try self.numberedBlobs(.damagedBlobs, [row, max(1, limit)])
    }

    /// Contents whose digest begins with a byte, in order.
    ///
    /// - Parameters:
    ///   - number: The byte.
    ///   - blob: The last of the page before.
    ///   - limit: Contents of the page.
    /// - Returns: The contents, whatever their state.
    /// - Throws: ``CatalogError``.
    package func blobs(inShard number: UInt8, after blob: BlobID?, limit: Int) throws -> [NumberedBlob] {
        let first = blob.map { $0.data + [0] } ?? Data([number] + [UInt8](repeating: 0, count: 31))
        let last = Data([number] + [UInt8](repeating: 0xff, count: 31))
        return try self.numberedBlobs(.blobsBetween, [first, last, max(1, limit)])
    }

    /// Contents that several files have, those that save most first.
    ///
    /// - Parameters:
    ///   - group: The last of the page before.
    ///   - limit: Groups of the page.
    /// - Returns: The groups, fewer than the limit on the last page.
    /// - Throws: ``CatalogError``.
    package func duplicates(after group: DuplicatePosition?, limit: Int) throws -> [DuplicateGroup] {
        let saved = group?.savedBytes ?? .max
        let blobs = try self.numberedBlobs(.duplicatedBlobs, [saved, saved, group?.row ?? 0, max(1, limit)])
        return blobs.map { DuplicateGroup(blob: $0.record, row: $0.row) }
    }

    /// The number of the last content's row; 0 where there is none.
    package func lastBlobRow() throws -> Int64 {
        let last = try self.readers.read { db in try db.first(OptimizationQuery.lastBlob, []) { $0[0] as Int64? } }
        return (last ?? nil) ?? 0
    }

    /// A content by the number of its row.
    package func blob(row: Int64) throws -> NumberedBlob? {
        try self.numberedBlobs(.blobOfRow, [row]).first
    }

    /// How many files of a bucket have a content.
    ///
    /// - Parameters:
    ///   - blobRow: The number of the content's row.
    ///   - bucketRow: The number of the bucket's row.
    /// - Returns: The number; costs a look at each of them.
    /// - Throws: ``CatalogError``.
    package func names(ofBlob blobRow: Int64, inBucket bucketRow: Int64) throws -> Int64 {
        let count = try self.readers.read { db in
            try db.first(OptimizationQuery.referencesInBucket, [blobRow, bucketRow]) { try $0.integer(0) }
        }
        return count ?? 0
    }

    /// What the collector would find.
    ///
    /// - Parameter limit: Only what was retired before, exclusive.
    /// - Returns: How many there are, and their bytes.
    /// - Throws: ``CatalogError``.
    package func retiredFigures(before limit: Date) throws -> RetiredFigures {
        let figures = try self.readers.read { db in
            try db.first(OptimizationQuery.retiredFigures, [limit.milliseconds]) { row in
                RetiredFigures(blobs: try row.integer(0), bytes: try row.integer(1), uncredited: try row.integer(2))
            }
        }
        return figures ?? RetiredFigures(blobs: 0, bytes: 0, uncredited: 0)
    }

    /// Whether a removal of the optimizer has counted the bytes of a retired content as won.
    package func isCredited(_ blob: BlobID) throws -> Bool {
        try self.readers.read { db in try db.first(OptimizationQuery.credit, [blob.data]) { _ in true } ?? false }
    }

    /// Notes that a content was judged under a policy, and stays as it is.
    package func noteVerdict(on blobs: [BlobID], policy: String) async throws {
        try await self.writer.submit { transaction in
            for blob in blobs { try transaction.write(OptimizationQuery.giveVerdict, [policy, blob.data]) }
        }
    }

    /// Puts good bytes in the place of a content's damaged ones.
    ///
    /// - Parameters:
    ///   - blob: The content.
    ///   - content: Where the good bytes are.
    /// - Returns: Whether it was damaged, and there.
    /// - Throws: ``CatalogError``.
    package func heal(_ blob: BlobID, with content: NewFile.Content) async throws -> Bool {
        try await self.writer.submit { transaction in
            guard var found = try transaction.blob(blob), found.record.isDamaged, found.record.state != .deleting else {
                return false
            }
            try transaction.repair(&found, with: content)
            return true
        }
    }

    private func numberedBlobs(
        _ query: OptimizationQuery,
        _ arguments: StatementArguments
    ) throws -> [NumberedBlob] {
        try self.readers.read { db in try db.all(query, arguments) { NumberedBlob(try BlobRow($0)) } }
    }
}
