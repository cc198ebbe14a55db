import Foundation
import GRDB
import PurserIdentifiers

extension WriteTransaction {
    func createBucket(_ name: BucketName, at time: Date) throws -> (BucketRecord, created: Bool) {
        if let found = try self.bucket(name) {
            return (found.record, false)
        }
        let milliseconds = time.milliseconds
        try self.write(Query.insertBucket, [name.text, milliseconds])
        let record = BucketRecord(name: name, createdAt: Date(milliseconds: milliseconds), files: 0, logicalBytes: 0)
        self.adopt(BucketRow(row: self.db.lastInsertedRowID, record: record))
        self.changes.buckets += 1
        return (record, true)
    }

    func deleteBucket(_ name: BucketName) throws {
        guard let bucket = try self.bucket(name) else { throw CatalogError.noSuchBucket(name) }
        guard bucket.record.files == 0 else {
            throw CatalogError(
                .bucketNotEmpty,
                "bucket '\(name)' holds \(bucket.record.files) files: delete them first"
            )
        }
        try self.write(Query.deleteBucket, [bucket.row])
        self.abandon(bucket)
        self.changes.buckets -= 1
    }
}
