package import Foundation
import GRDB
import PurserIdentifiers

extension Catalog {
    /// Forgets jobs that ended long ago, or that are more than are kept; some files of one job at a time.
    ///
    /// - Parameters:
    ///   - before: Jobs that ended before go.
    ///   - count: Of the rest, so many stay, those that ended last.
    ///   - limit: Files that go at most with this call.
    /// - Returns: Whether there may be more to forget.
    /// - Throws: ``CatalogError``.
    package func forgetJobs(endedBefore before: Date, keeping count: Int, limit: Int) async throws -> Bool {
        let limit = max(1, limit)
        let oldest = try self.readers.read { db in
            try db.first(JobQuery.oldestKeptJob, [Int64.max, max(0, count)]) { try $0.integer(0) }
        }
        // That one is the first of those that are too many.
        let bound = max(before.milliseconds, oldest.map { $0 + 1 } ?? .min)
        return try await self.writer.submit { transaction in
            guard let job = try transaction.db.first(JobQuery.endedJobs, [bound, 1], { try $0.integer(0) }) else {
                return false
            }
            try transaction.write(JobQuery.forgetItems, [job, job, limit])
            guard transaction.db.changesCount < limit else { return true }
            try transaction.write(JobQuery.forgetJob, [job])
            return true
        }
    }
}
