public import Foundation
import GRDB
public import PurserIdentifiers

extension Catalog {
    /// Notes that a file was read.
    ///
    /// Costs well below a microsecond and waits for nothing; at most one note per file and hour is written, with others
    /// in a transaction of the group commit. What is lost by a crash or a full disk is a late note, no more.
    public func noteAccess(bucket: BucketName, key: FileKey, at time: Date) {
        let due = self.accesses.note(FileCache.Name(bucket: bucket, key: key), at: time.milliseconds)
        guard !due.isEmpty else { return }
        self.writer.enqueue { try $0.note(due) }
    }

    /// Writes the notes that were gathered.
    public func flushAccesses() async throws {
        let due = self.accesses.takeAll()
        guard !due.isEmpty else { return }
        try await self.writer.submit { try $0.note(due) }
    }

    /// When a file was last read, as far as this process has noted and not yet written it.
    package func lastNotedAccess(bucket: BucketName, key: FileKey) -> Date? {
        self.accesses.last(FileCache.Name(bucket: bucket, key: key)).map(Date.init(milliseconds:))
    }
}

extension WriteTransaction {
    fileprivate func note(_ accesses: [AccessNotes.Name: Int64]) throws {
        for (name, time) in accesses {
            guard let bucket = try self.bucket(name.bucket) else { continue }
            try self.write(OptimizationQuery.noteAccess, [time, bucket.row, name.key.data])
        }
    }
}
