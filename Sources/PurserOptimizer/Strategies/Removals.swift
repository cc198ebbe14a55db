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
    /// - Returns: Bytes as kept that no name holds any more, and bytes of the files that went.
    func remove(_ removals: [FileRemoval]) async throws -> (released: Int64, bytes: Int64) {
        var (released, bytes) = (Int64(0), Int64(0))
        for start in stride(from: 0, to: removals.count, by: Self.batch) {
            let (more, moreBytes) = try await self.removeBatch(
                Array(removals[start..<min(start + Self.batch, removals.count)])
            )
            released += more
            bytes += moreBytes
        }
        return (released, bytes)
    }

    private func removeBatch(_ removals: [FileRemoval]) async throws -> (released: Int64, bytes: Int64) {
        let before = removals.reduce(0) { $0 + $1.file.storedSize }
        guard !self.context.isDryRun else { return self.foresee(removals) }
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
        return (outcome.released, outcome.bytes)
    }

    private func foresee(_ removals: [FileRemoval]) -> (released: Int64, bytes: Int64) {
        var (released, bytes) = (Int64(0), Int64(0))
        self.context.report { report in
            for removal in removals {
                guard let freed = self.context.forecast.remove(removal.file) else { continue }
                released += freed
                bytes += removal.file.size
                report.filesProcessed += 1
                report.bytesBefore += removal.file.storedSize
                report.bytesAfter += removal.file.storedSize - freed
                report.spaceSavedBytes += freed
            }
        }
        return (released, bytes)
    }
}
