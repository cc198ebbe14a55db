public import Foundation
import GRDB
public import PurserIdentifiers

/// A file to be removed as it was seen, and why.
package struct FileRemoval: Sendable {
    /// The file as it was when it was chosen; one that was written or read since stays.
    package var file: FileCandidate
    /// Why, for the audit trail.
    package var reason: String
    /// Whether it stays where it is the last name of its content in its bucket by then.
    package var sparesLastName: Bool

    /// Describes a removal.
    package init(_ file: FileCandidate, reason: String, sparesLastName: Bool = false) {
        self.file = file
        self.reason = reason
        self.sparesLastName = sparesLastName
    }
}

/// What became of files that were to be removed.
package struct RemovalOutcome: Sendable, Equatable {
    /// Files that went.
    package var files: Int64 = 0
    /// Bytes of these files as their users saw them.
    package var bytes: Int64 = 0
    /// Bytes as kept that no name holds any more.
    package var released: Int64 = 0
    /// Bytes as kept that no name holds any more in the bucket of the file, whether others have the content or not.
    package var releasedInBuckets: Int64 = 0
    /// Files that stay, as they were written or read since, or are gone already.
    package var spared: Int64 = 0

    /// Describes what nothing came of.
    package init() {}
}

/// A file that the optimizer removed.
public struct RemovalRecord: Sendable, Equatable {
    /// Its number in the audit trail; later ones are higher.
    public var number: Int64
    /// The run that removed it.
    public var run: String
    /// When.
    public var time: Date
    /// The name of the strategy that chose it.
    public var strategy: String
    /// Why, for people.
    public var reason: String
    /// Its bucket.
    public var bucket: String
    /// Its name.
    public var key: FileKey
    /// Its content.
    public var blob: BlobID
    /// Bytes of the content.
    public var size: Int64
    /// Bytes as kept that no name holds since.
    public var released: Int64
}

extension Catalog {
    /// Takes files away as far as they are still as they were seen, each with an entry in the audit trail.
    ///
    /// All in one transaction: keep the list short, so that other writes do not wait for it.
    ///
    /// - Parameters:
    ///   - removals: The files.
    ///   - run: The run that asks.
    ///   - strategy: The name of the strategy that chose them.
    ///   - time: The time of the write.
    ///   - isSpared: Asked within the transaction whether a file must stay after all; must answer at once.
    /// - Returns: What went.
    /// - Throws: ``CatalogError`` `.noSpace`, `.readOnly`.
    package func remove(
        _ removals: [FileRemoval],
        run: String,
        strategy: String,
        at time: Date,
        isSpared: @escaping @Sendable (FileCandidate) -> Bool = { _ in false }
    ) async throws -> RemovalOutcome {
        try await self.writer.submit { transaction in
            var outcome = RemovalOutcome()
            for removal in removals {
                guard !isSpared(removal.file),
                    let released = try transaction.remove(removal, run: run, strategy: strategy, at: time)
                else {
                    outcome.spared += 1
                    continue
                }
                outcome.files += 1
                outcome.bytes += removal.file.size
                outcome.released += released.inStore
                outcome.releasedInBuckets += released.inBucket
            }
            return outcome
        }
    }
}

extension WriteTransaction {
    /// - Returns: Bytes as kept that no name holds any more, in the store and in the bucket; `nil` where the file stays.
    fileprivate func remove(
        _ removal: FileRemoval,
        run: String,
        strategy: String,
        at time: Date
    ) throws -> (inStore: Int64, inBucket: Int64)? {
        let seen = removal.file
        let key = seen.key.data
        guard let bucket = try self.bucket(seen.bucket), bucket.row == seen.bucketRow,
            let file = try self.db.first(Query.fileInBucket, [bucket.row, key], { try FileRow($0, in: seen.bucket) }),
            file.blob.row == seen.blobRow, file.record.blob == seen.blob,
            file.record.modifiedAt.milliseconds == seen.modifiedAt.milliseconds,
            try self.access(bucket.row, key) == seen.accessedAt?.milliseconds,
            try !removal.sparesLastName || self.hasSeveralNames(file.blob, in: bucket)
        else { return nil }
        try self.write(Query.deleteFile, [bucket.row, key])
        self.changes(seen.key, in: seen.bucket)
        try self.release(file.blob, at: time)
        let lost = try self.bytesLost(with: file.blob, in: bucket)
        self.count(files: -1, bytes: -file.record.size, physicalBytes: -lost, in: bucket)
        let isLast = file.blob.record.references <= 1
        if isLast {
            try self.write(OptimizationQuery.giveCredit, [file.blob.row, time.milliseconds])
        }
        let released = isLast ? file.blob.record.storedSize : 0
        try self.write(
            OptimizationQuery.insertRemoval,
            [
                run, time.milliseconds, strategy, removal.reason, seen.bucket.text, key, seen.blob.data, seen.size,
                released,
            ]
        )
        return (released, lost)
    }

    private func hasSeveralNames(_ blob: BlobRow, in bucket: BucketRow) throws -> Bool {
        let answer = try self.db.first(OptimizationQuery.hasSeveralNamesInBucket, [blob.row, bucket.row]) {
            try $0.integer(0)
        }
        return answer == 1
    }

    private func access(_ bucket: Int64, _ key: Data) throws -> Int64? {
        try self.db.first(OptimizationQuery.access, [bucket, key]) { try $0.integer(0) }
    }
}
