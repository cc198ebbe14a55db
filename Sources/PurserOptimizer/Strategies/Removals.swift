import PurserOperations
import Foundation
import PurserCatalog
import PurserStore

/// Removes files that a strategy has chosen, a batch at a time, or in a dry run counts what that would win.
struct Removals {
    /// Files that go in one transaction: some milliseconds of the catalog's one writer.
    static let batch = 200

    let context: RunContext
    /// Whether files are chosen for their last use.
    let isByUse: Bool

    /// Whether a file may be removed at all: old enough, not pinned, not chosen before, and nobody reads it.
    func mayRemove(_ file: FileCandidate) throws -> Bool {
        let age = self.context.now().timeIntervalSince(file.modifiedAt)
        guard age >= self.context.configuration.minAge.inSeconds, try !file.isPinned() else { return false }
        return !self.context.store.isBeingRead(file) && !(self.context.isDryRun && self.context.forecast.contains(file))
    }

    /// Removes files.
    ///
    /// - Returns: Bytes as kept that no name holds any more, in the store and in the buckets of the files.
    /// - Throws: `StoreError`; `CatalogError`.
    @discardableResult
    func remove(_ removals: [FileRemoval]) async throws -> FreedBytes {
        var freed = FreedBytes()
        for start in stride(from: 0, to: removals.count, by: Self.batch) {
            let batch = Array(removals[start..<min(start + Self.batch, removals.count)])
            let more = try await self.context.isDryRun ? self.foresee(batch) : self.removeBatch(batch)
            freed.inStore += more.inStore
            freed.inBucket += more.inBucket
        }
        return freed
    }

    private func removeBatch(_ removals: [FileRemoval]) async throws -> FreedBytes {
        let before = removals.reduce(0) { $0 + $1.file.storedSize }
        let outcome = try await self.context.store.remove(
            removals,
            run: self.context.run,
            strategy: self.context.strategy.rawValue,
            isByUse: self.isByUse
        )
        self.context.report(removed: outcome) { report in
            report.filesProcessed += outcome.files
            // What stays was not processed; its share is not known, so that of the rest is by the number.
            let share = Double(outcome.files) / Double(removals.count)
            let processed = outcome.spared == 0 ? before : max(outcome.released, Int64(Double(before) * share))
            report.bytesBefore += processed
            report.bytesAfter += processed - outcome.released
            report.spaceSavedBytes += outcome.released
            report.count("spared", outcome.spared)
        }
        return FreedBytes(inStore: outcome.released, inBucket: outcome.releasedInBuckets)
    }

    private func foresee(_ removals: [FileRemoval]) throws -> FreedBytes {
        var sum = FreedBytes()
        for removal in removals {
            guard let freed = try self.context.forecast.remove(removal.file) else { continue }
            sum.inStore += freed.inStore
            sum.inBucket += freed.inBucket
            self.context.report { report in
                report.filesProcessed += 1
                report.bytesBefore += removal.file.storedSize
                report.bytesAfter += removal.file.storedSize - freed.inStore
                report.spaceSavedBytes += freed.inStore
            }
        }
        return sum
    }
}
