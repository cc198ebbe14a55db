package import Foundation
import GRDB
import PurserIdentifiers

extension Catalog {
    /// A page of what a run removed, in the order in which it did.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - number: The last entry of the page before; 0 for the first page.
    ///   - limit: Entries of the page.
    /// - Returns: The entries, fewer than the limit on the last page.
    /// - Throws: ``CatalogError``.
    package func removals(ofRun run: String, after number: Int64, limit: Int) throws -> [RemovalRecord] {
        try self.readers.read { db in
            try db.all(OptimizationQuery.removals, [run, number, max(1, limit)]) { row in
                guard let key = try row.bytes(6, { bytes in try? FileKey(utf8: bytes) }),  // written by us, or damaged
                    let blob = try row.bytes(7, { BlobID(bytes: $0) })
                else { throw CatalogError.undecodable("an entry of the audit trail") }
                return RemovalRecord(
                    number: try row.integer(0),
                    run: try row.text(1),
                    time: Date(milliseconds: try row.integer(2)),
                    strategy: try row.text(3),
                    reason: try row.text(4),
                    bucket: try row.text(5),
                    key: key,
                    blob: blob,
                    size: try row.integer(8),
                    released: try row.integer(9)
                )
            }
        }
    }

    /// What each strategy of a run removed, by the audit trail, which a crash cannot part from the removals themselves.
    package func removalFigures(ofRun run: String) throws -> [String: RemovalOutcome] {
        try self.readers.read { db in
            var figures: [String: RemovalOutcome] = [:]
            _ = try db.all(OptimizationQuery.removalFigures, [run]) { row in
                var outcome = RemovalOutcome()
                outcome.files = try row.integer(1)
                outcome.bytes = try row.integer(2)
                outcome.released = try row.integer(3)
                figures[try row.text(0)] = outcome
            }
            return figures
        }
    }

    /// Forgets old entries of the audit trail, some at a time.
    ///
    /// - Parameters:
    ///   - before: Entries older than this go.
    ///   - count: Of the rest, so many newest stay.
    ///   - limit: How many go at most with this call.
    /// - Returns: How many went; where it is the limit, there may be more.
    /// - Throws: ``CatalogError``.
    package func forgetRemovals(before: Date, keeping count: Int, limit: Int) async throws -> Int {
        try await self.writer.submit { transaction in
            let db = transaction.db
            guard let first = try db.first(OptimizationQuery.firstRemoval, [], { $0[0] as Int64? }) ?? nil,
                let last = try db.first(OptimizationQuery.lastRemoval, [], { $0[0] as Int64? }) ?? nil
            else { return 0 }
            let old = try db.all(OptimizationQuery.oldestRemovals, [first - 1, max(1, limit)]) { row in
                (number: try row.integer(0), time: try row.integer(1))
            }
            let going = old.prefix { $0.time < before.milliseconds || last - $0.number >= Int64(count) }
            guard let end = going.last else { return 0 }
            try transaction.write(OptimizationQuery.forgetRemovals, [end.number])
            return going.count
        }
    }
}
