package import Foundation
import GRDB
package import PurserIdentifiers

/// By how much counters differ from what they count: what is to be added to make them right.
package struct CounterDrift: Sendable, Equatable {
    /// To be added to the totals.
    package var totals = CatalogTotals()
    /// To be added to the files and the bytes of buckets; those that are right are left out.
    package var buckets: [BucketName: Bucket] = [:]

    /// To be added to the counters of one bucket.
    package struct Bucket: Sendable, Equatable {
        /// Files.
        package var files: Int64
        /// Bytes as their users see them.
        package var bytes: Int64
        /// Bytes as kept of the contents that they have.
        package var physicalBytes: Int64

        fileprivate var values: [Int64] { [self.files, self.bytes, self.physicalBytes] }
    }

    /// How many counters are wrong.
    package var count: Int {
        let wrong = self.buckets.values.reduce(0) { sum, bucket in sum + bucket.values.count { $0 != 0 } }
        return wrong + self.totals.values.count { $0 != 0 }
    }
}

extension CatalogTotals {
    fileprivate var values: [Int64] {
        [
            self.buckets, self.files, self.logicalBytes, self.blobs, self.distinctBytes, self.physicalBytes,
            self.inlineBytes, self.reclaimableBytes,
        ]
    }
}

extension Catalog {
    /// Rows that one step of a count looks at.
    private static let countStep = 20_000

    /// Contents whose count of references is not the number of files that have them.
    ///
    /// - Parameters:
    ///   - row: Rows up to this one are left out.
    ///   - last: The last row to look at.
    /// - Returns: The contents as they are counted now.
    /// - Throws: ``CatalogError``.
    package func miscountedBlobs(after row: Int64, through last: Int64) throws -> [NumberedBlob] {
        try self.readers.read { db in
            try db.all(OptimizationQuery.miscountedBlobs, [row, last]) { NumberedBlob(try BlobRow($0)) }
        }
    }

    /// Live inline contents whose bytes are missing, or of another length than they should be.
    package func inlineBlobsWithoutBytes(after row: Int64, through last: Int64) throws -> [NumberedBlob] {
        try self.readers.read { db in
            try db.all(OptimizationQuery.inlineBlobsWithoutBytes, [row, last]) { NumberedBlob(try BlobRow($0)) }
        }
    }

    /// Counts the files that have a content again, and corrects what its row says.
    ///
    /// The totals follow, and must be right for the row as it stands: see ``correct(_:)``.
    ///
    /// - Parameters:
    ///   - row: The number of the content's row.
    ///   - time: When it was retired, where no file has it.
    /// - Returns: The content as it is counted from now on; `nil` where the count was right.
    /// - Throws: ``CatalogError``.
    package func recount(blobRow row: Int64, at time: Date) async throws -> NumberedBlob? {
        try await self.writer.submit { transaction in
            let db = transaction.db
            guard let found = try db.first(OptimizationQuery.blobOfRow, [row], { try BlobRow($0) }),
                let references = try db.first(OptimizationQuery.references, [row], { try $0.integer(0) }),
                references != found.record.references
            else { return nil }
            var blob = found
            blob.record.references = references
            blob.record.state = references > 0 ? .live : .retired
            blob.record.retiredAt = references > 0 ? nil : Date(milliseconds: time.milliseconds)
            try transaction.write(
                Query.referToBlob,
                [references, blob.record.state.rawValue, blob.record.retiredAt?.milliseconds, row]
            )
            transaction.changes.replace(found.record, by: blob.record)
            return NumberedBlob(blob)
        }
    }

    /// Counts all files and contents, and compares the counters.
    ///
    /// The count shows one moment, whatever is written meanwhile, so that the difference can be added later.
    ///
    /// - Parameter progress: Told after each step how many rows it had; what it throws ends the count.
    /// - Returns: What is wrong.
    /// - Throws: ``CatalogError``; what `progress` throws.
    package func counterDrift(progress: (Int) throws -> Void) throws -> CounterDrift {
        // The caller's own errors are not the catalog's: carry them past the translation.
        var interruption: (any Error)?
        do {
            return try self.readers.read { db in
                var drift = CounterDrift()
                try db.inTransaction(.deferred) {
                    drift = try Self.count(db) { rows in
                        do {
                            try progress(rows)
                        } catch {
                            interruption = error
                            throw error
                        }
                    }
                    return .commit
                }
                return drift
            }
        } catch {
            throw interruption ?? error
        }
    }

    private static func count(_ db: Database, _ progress: (Int) throws -> Void) throws -> CounterDrift {
        var counted = CatalogTotals()
        var drift = CounterDrift()
        let physicalBytes = try Self.countBlobs(&counted, db, progress)
        for bucket in try db.all(Query.buckets, [], { try BucketRow($0) }) {
            counted.buckets += 1
            let (files, bytes) = try Self.countFiles(of: bucket, db, progress)
            counted.files += files
            counted.logicalBytes += bytes
            let record = bucket.record
            let missing = CounterDrift.Bucket(
                files: files - record.files,
                bytes: bytes - record.logicalBytes,
                physicalBytes: physicalBytes[bucket.row, default: 0] - record.physicalBytes
            )
            if missing.values.contains(where: { $0 != 0 }) { drift.buckets[record.name] = missing }
        }
        guard let kept = try db.first(Query.totals, [], { try CatalogTotals($0) }) else {
            throw CatalogError.undecodable("the row of totals")
        }
        drift.totals = counted - kept
        return drift
    }

    private static func countFiles(
        of bucket: BucketRow,
        _ db: Database,
        _ progress: (Int) throws -> Void
    ) throws -> (files: Int64, bytes: Int64) {
        var (files, bytes, after) = (Int64(0), Int64(0), Data())
        while true {
            let step = try db.first(OptimizationQuery.filesCounted, [bucket.row, after, Self.countStep]) { row in
                (files: try row.integer(0), bytes: try row.integer(1), last: row[2] as Data?)
            }
            guard let step, let last = step.last else { return (files, bytes) }
            files += step.files
            bytes += step.bytes
            after = last
            try progress(Int(step.files))
        }
    }

    /// - Returns: Bytes as kept of the contents that each bucket has, by the number of its row.
    private static func countBlobs(
        _ counted: inout CatalogTotals,
        _ db: Database,
        _ progress: (Int) throws -> Void
    ) throws -> [Int64: Int64] {
        var buckets: [Int64: Int64] = [:]
        var after: Int64 = 0
        while true {
            let last = try db.first(OptimizationQuery.blobsCounted, [after, Self.countStep]) { row -> Int64? in
                guard let last = row[1] as Int64? else { return nil }
                counted.blobs += try row.integer(2)
                counted.distinctBytes += try row.integer(3)
                counted.physicalBytes += try row.integer(4)
                counted.inlineBytes += try row.integer(5)
                counted.reclaimableBytes += try row.integer(6)
                try progress(Int(try row.integer(0)))
                return last
            }
            guard let last = last ?? nil else { return buckets }
            _ = try db.all(OptimizationQuery.blobsOfBuckets, [after, last]) { row in
                buckets[try row.integer(0), default: 0] += try row.integer(1)
            }
            after = last
        }
    }

    /// Adds to the counters what they lack.
    package func correct(_ drift: CounterDrift) async throws {
        try await self.writer.submit { transaction in
            let totals = drift.totals
            for (name, bucket) in drift.buckets {
                guard let row = try transaction.bucket(name) else { continue }
                transaction.count(
                    files: bucket.files,
                    bytes: bucket.bytes,
                    physicalBytes: bucket.physicalBytes,
                    in: row
                )
                // The totals have a difference of their own.
                transaction.changes.files -= bucket.files
                transaction.changes.logicalBytes -= bucket.bytes
            }
            transaction.changes = transaction.changes + totals
        }
    }
}
