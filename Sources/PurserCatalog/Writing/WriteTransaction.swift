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
    /// Whether it changes what the rows of files say of a content.
    private(set) var changesContents = false
    private var buckets: [BucketName: OpenBucket] = [:]

    /// A bucket as it is within the transaction, and what is still to be added to its row.
    private struct OpenBucket {
        var bucket: BucketRow
        var files: Int64 = 0
        var bytes: Int64 = 0
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
    func changesContent() { self.changesContents = true }

    /// Runs a statement that changes something.
    func write(_ query: some CatalogQuery, _ arguments: StatementArguments) throws {
        self.hasWritten = true
        try self.db.run(query, arguments)
    }

    /// A bucket with what it holds at this point of the transaction.
    func bucket(_ name: BucketName) throws -> BucketRow? {
        if let open = self.buckets[name] {
            return open.bucket
        }
        guard let found = try self.db.first(Query.bucket, [name.text], { try BucketRow($0) }) else { return nil }
        self.adopt(found)
        return found
    }

    /// Takes up a bucket that was just made or read.
    func adopt(_ bucket: BucketRow) {
        self.buckets[bucket.record.name] = OpenBucket(bucket: bucket)
    }

    /// Drops a bucket whose row is gone.
    func abandon(_ name: BucketName) {
        self.buckets[name] = nil
        self.removedBuckets.append(name)
    }

    /// Counts files and their bytes in a bucket that ``bucket(_:)`` gave.
    func count(files: Int64, bytes: Int64, in name: BucketName) {
        self.changes.files += files
        self.changes.logicalBytes += bytes
        guard var open = self.buckets.removeValue(forKey: name) else {
            preconditionFailure("files are counted in a bucket that was not looked up")
        }
        open.files += files
        open.bytes += bytes
        open.bucket.record.files += files
        open.bucket.record.logicalBytes += bytes
        self.buckets[name] = open
    }

    /// Writes the counters; the last thing before the commit.
    func flush() throws {
        for open in self.buckets.values where open.files != 0 || open.bytes != 0 {
            try self.db.run(Query.countInBucket, [open.files, open.bytes, open.bucket.row])
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
