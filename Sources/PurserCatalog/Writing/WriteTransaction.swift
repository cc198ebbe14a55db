import GRDB
import PurserIdentifiers

/// One transaction of the writer, in which many writes do their work one after another.
///
/// Each sees what those before it did. Counters are added up here and written once, by ``flush()``. It is used by the
/// writer's thread alone and never leaves it.
final class WriteTransaction {
    let db: Database
    /// What the transaction adds to the totals.
    var changes = CatalogTotals()
    /// Whether the write in turn has changed anything yet: until then its refusal needs no rollback.
    private(set) var hasWritten = false
    /// The files whose rows it writes or removes.
    private(set) var changedFiles: [FileCache.Name] = []
    /// The buckets that it removes.
    private(set) var removedBuckets: [BucketName] = []
    /// The contents of which it changes what the rows of files say.
    private(set) var changedContents: [BlobID] = []
    /// Buckets as their rows are, without what the transaction adds.
    private var buckets: [BucketName: BucketRow] = [:]
    /// What is still to be added to the rows of buckets, by their numbers.
    private var counts: [Int64: BucketCounts] = [:]

    /// What is to be added to the row of a bucket.
    private struct BucketCounts: Equatable {
        var files: Int64 = 0
        var bytes: Int64 = 0
        var physicalBytes: Int64 = 0
    }

    init(_ db: Database) {
        self.db = db
    }

    /// Lets one write do its work.
    func perform<Value>(_ body: (WriteTransaction) throws -> Value) throws -> Value {
        self.hasWritten = false
        return try body(self)
    }

    /// Notes that the row of a file is written or removed.
    func changes(_ key: FileKey, in bucket: BucketName) {
        self.changedFiles.append(FileCache.Name(bucket: bucket, key: key))
    }

    /// Notes that a content is kept differently, or is damaged, from here on.
    func changes(contentOf blob: BlobID) { self.changedContents.append(blob) }

    /// Runs a statement that changes something.
    func write(_ query: some CatalogQuery, _ arguments: StatementArguments) throws {
        self.hasWritten = true
        try self.db.run(query, arguments)
    }

    /// A bucket with what it holds at this point of the transaction.
    func bucket(_ name: BucketName) throws -> BucketRow? {
        guard var bucket = try self.buckets[name] ?? self.find(name) else { return nil }
        if let counts = self.counts[bucket.row] {
            bucket.record.files += counts.files
            bucket.record.logicalBytes += counts.bytes
            bucket.record.physicalBytes += counts.physicalBytes
        }
        return bucket
    }

    private func find(_ name: BucketName) throws -> BucketRow? {
        let found = try self.db.first(Query.bucket, [name.text]) { try BucketRow($0) }
        self.buckets[name] = found
        return found
    }

    /// Takes up a bucket that was just made.
    func adopt(_ bucket: BucketRow) {
        self.buckets[bucket.record.name] = bucket
    }

    /// Drops a bucket whose row is gone; the next one may get its number.
    func abandon(_ bucket: BucketRow) {
        self.buckets[bucket.record.name] = nil
        self.counts[bucket.row] = nil
        self.removedBuckets.append(bucket.record.name)
    }

    /// Counts files, their bytes, and the bytes as kept of contents that come with them, in a bucket.
    func count(files: Int64, bytes: Int64, physicalBytes: Int64, in bucket: BucketRow) {
        self.changes.files += files
        self.changes.logicalBytes += bytes
        self.counts[bucket.row, default: BucketCounts()].files += files
        self.counts[bucket.row, default: BucketCounts()].bytes += bytes
        self.counts[bucket.row, default: BucketCounts()].physicalBytes += physicalBytes
    }

    /// Counts bytes as kept in a bucket; the totals have their own way to them.
    func count(physicalBytes: Int64, inBucket row: Int64) {
        self.counts[row, default: BucketCounts()].physicalBytes += physicalBytes
    }

    /// Writes the counters; the last thing before the commit.
    func flush() throws {
        for (row, counts) in self.counts where counts != BucketCounts() {
            try self.db.run(Query.countInBucket, [counts.files, counts.bytes, counts.physicalBytes, row])
        }
        let changes = self.changes
        guard changes != CatalogTotals() else { return }
        try self.db.run(
            Query.count,
            [
                changes.buckets, changes.files, changes.logicalBytes, changes.blobs, changes.distinctBytes,
                changes.physicalBytes, changes.inlineBytes, changes.reclaimableBytes,
            ]
        )
    }
}
