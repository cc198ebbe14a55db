import GRDB

/// The bytes as kept that each bucket takes: those of a content count where at least one of its names is.
extension WriteTransaction {
    /// Whether a file of a bucket has a content.
    func holds(_ blob: BlobRow, in bucket: BucketRow) throws -> Bool {
        try self.db.first(Query.blobInBucket, [blob.row, bucket.row]) { _ in true } ?? false
    }

    /// Bytes as kept that a bucket has lost with a name of a content that is gone: none while it has another.
    func bytesLost(with blob: BlobRow, in bucket: BucketRow) throws -> Int64 {
        try self.holds(blob, in: bucket) ? 0 : blob.record.storedSize
    }

    /// Counts that a content takes more, or with a negative number less, in each bucket that has it.
    ///
    /// Costs a look into an index for each of these buckets, whatever the number of names.
    func count(grown bytes: Int64, _ blob: BlobRow) throws {
        guard bytes != 0 else { return }
        var row: Int64 = 0
        while let next = try self.db.first(Query.nextBucketOfBlob, [blob.row, row], { try $0.integer(0) }) {
            self.count(physicalBytes: bytes, inBucket: next)
            row = next
        }
    }
}
