import Foundation
package import PurserBlobs
package import PurserCatalog
package import PurserIdentifiers

extension FileStore {
    /// Removes files that the optimizer has chosen, as far as they are still as it saw them.
    ///
    /// A file that is being read stays, and one that was written or noted to be read since. The bytes go after the grace
    /// time, as with every delete.
    ///
    /// - Parameters:
    ///   - removals: The files and why; a few hundred at most, as other writes wait for all of them.
    ///   - run: The run that asks.
    ///   - strategy: The name of the strategy that chose them.
    ///   - isByUse: Whether they were chosen for their last use: a read that is not written down yet then counts too.
    /// - Returns: What went, and what stays.
    /// - Throws: ``StoreError`` `.readOnly`, `.storeFull`.
    package func remove(
        _ removals: [FileRemoval],
        run: String,
        strategy: String,
        isByUse: Bool
    ) async throws -> RemovalOutcome {
        let (readings, catalog) = (self.readings, self.catalog)
        return try await self.write {
            try await catalog.remove(removals, run: run, strategy: strategy, at: self.now()) { file in
                if readings.contains(bucket: file.bucket, key: file.key) { return true }
                guard isByUse, let noted = catalog.lastNotedAccess(bucket: file.bucket, key: file.key) else {
                    return false
                }
                return noted > file.usedAt
            }
        }
    }

    /// Whether somebody reads a file now.
    package func isBeingRead(_ file: FileCandidate) -> Bool {
        self.readings.contains(bucket: file.bucket, key: file.key)
    }
}

extension FileStore {
    /// Removes what operations have left in the folders for staging and scratch files for at least a day.
    ///
    /// - Parameters:
    ///   - isDryRun: Whether nothing is removed.
    ///   - isAlive: Whether an operation is alive.
    /// - Returns: What went, or would.
    /// - Throws: ``StoreError``.
    package func removeStale(
        isDryRun: Bool,
        isAlive: @escaping @Sendable (OperationID) -> Bool
    ) async throws -> StaleFiles {
        do {
            let limit = self.now() - 86_400
            return try await self.onDiskThreads {
                try self.blobs.removeStale(before: limit, isDryRun: isDryRun, isAlive: isAlive)
            }
        } catch {
            throw StoreError.translated(error)
        }
    }
}
