package import Foundation
import GRDB
import PurserIdentifiers

/// A place among candidates, after which their order goes on.
package struct CandidatePosition: Sendable, Hashable {
    /// What they are ordered by: milliseconds, or the size.
    var value: Int64
    /// The row of the content, where they are ordered by size.
    var blobRow: Int64 = 0
    var bucketRow: Int64 = 0
    var key = Data()
}

/// A few candidates, and where the next ones begin.
package struct CandidatePage: Sendable {
    /// The candidates, in their order.
    package var files: [FileCandidate] = []
    /// `nil` on the last page.
    package var next: CandidatePosition?
}

extension Catalog {
    /// Files by the time of their last write, oldest first.
    ///
    /// - Parameters:
    ///   - before: Only what was written before, exclusive.
    ///   - position: Where a page before ended.
    ///   - limit: Files of the page.
    /// - Returns: The page; each shows a moment of its own.
    /// - Throws: ``CatalogError``.
    package func filesByModification(
        before: Date,
        after position: CandidatePosition?,
        limit: Int
    ) throws -> CandidatePage {
        try self.page(.filesByModification, before, position, limit) { $0.modifiedAt }
    }

    /// Files that were read, by the time of their last read, oldest first.
    ///
    /// The last read may be older than the last write.
    package func filesByAccess(
        before: Date,
        after position: CandidatePosition?,
        limit: Int
    ) throws -> CandidatePage {
        try self.page(.filesByAccess, before, position, limit) { $0.accessedAt ?? $0.modifiedAt }
    }

    private func page(
        _ query: OptimizationQuery,
        _ before: Date,
        _ position: CandidatePosition?,
        _ limit: Int,
        _ time: (FileCandidate) -> Date
    ) throws -> CandidatePage {
        let from = position ?? CandidatePosition(value: .min)
        let limit = max(1, limit)
        let files = try self.readers.read { db in
            var buckets = BucketNames(db)
            return try db.all(query, [before.milliseconds, from.value, from.bucketRow, from.key, limit]) {
                try FileCandidate($0, &buckets)
            }
        }
        guard files.count == limit, let last = files.last else { return CandidatePage(files: files) }
        let next = CandidatePosition(
            value: time(last).milliseconds,
            bucketRow: last.bucketRow,
            key: last.key.data
        )
        return CandidatePage(files: files, next: next)
    }

    /// Files by the size of their content, largest first; those of one content by their names.
    package func filesBySize(after position: CandidatePosition?, limit: Int) throws -> CandidatePage {
        let limit = max(1, limit)
        return try self.readers.read { db in
            var names = BucketNames(db)
            var page = CandidatePage()
            var from = position ?? CandidatePosition(value: .max)
            if from.blobRow > 0, !from.key.isEmpty {
                try Self.appendFiles(of: from.blobRow, from, limit, to: &page, &names, db)
            }
            while page.files.count < limit {
                let found = try db.first(OptimizationQuery.blobsBySize, [from.value, from.value, from.blobRow, 1]) {
                    try BlobRow($0)
                }
                guard let found else { return page }
                from = CandidatePosition(value: found.record.size, blobRow: found.row)
                try Self.appendFiles(of: found.row, from, limit - page.files.count, to: &page, &names, db)
            }
            page.next = page.files.last.map { file in
                CandidatePosition(
                    value: file.size,
                    blobRow: file.blobRow,
                    bucketRow: file.bucketRow,
                    key: file.key.data
                )
            }
            return page
        }
    }

    private static func appendFiles(
        of blobRow: Int64,
        _ from: CandidatePosition,
        _ limit: Int,
        to page: inout CandidatePage,
        _ names: inout BucketNames,
        _ db: Database
    ) throws {
        page.files += try db.all(OptimizationQuery.filesOfBlob, [blobRow, from.bucketRow, from.key, limit]) {
            try FileCandidate($0, &names)
        }
    }

    /// The files that have a content, by bucket and key.
    ///
    /// - Parameters:
    ///   - blobRow: The number of the content's row.
    ///   - file: The last file of the page before.
    ///   - limit: Files of the page.
    /// - Returns: The files, none where there is no such content.
    /// - Throws: ``CatalogError``.
    package func files(ofBlob blobRow: Int64, after file: FileCandidate? = nil, limit: Int) throws -> [FileCandidate] {
        try self.readers.read { db in
            var buckets = BucketNames(db)
            return try db.all(
                OptimizationQuery.filesOfBlob,
                [blobRow, file?.bucketRow ?? 0, file?.key.data ?? Data(), max(1, limit)]
            ) {
                try FileCandidate($0, &buckets)
            }
        }
    }
}
