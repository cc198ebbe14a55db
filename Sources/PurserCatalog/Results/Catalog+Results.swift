package import Foundation
import GRDB
package import PurserIdentifiers

extension Catalog {
    /// Keeps a result, in the place of one under its key.
    ///
    /// - Parameter result: The result; its files are on the disk already.
    /// - Returns: How many there are now.
    /// - Throws: ``CatalogError``.
    package func keepResult(_ result: ResultRecord) async throws -> ResultTotals {
        try await self.writer.submit { transaction in
            try transaction.keep(result)
            return try transaction.resultTotals()
        }
    }

    /// A result; `nil` where none is kept under the key.
    package func result(_ key: ResultKey) throws -> ResultRecord? {
        try self.readers.read { db in try db.first(ResultQuery.result, [key.digest.data]) { try ResultRecord($0) } }
    }

    /// Whether a result is kept under the key.
    package func isResultKept(_ key: ResultKey) throws -> Bool {
        try self.readers.read { db in try db.first(ResultQuery.resultBytes, [key.digest.data]) { try $0.integer(0) } }
            != nil
    }

    /// Notes that results were used.
    package func noteResultUses(_ uses: [ResultKey: ResultUses]) async throws {
        try await self.writer.submit { try $0.note(uses) }
    }

    /// Notes that results were used, without waiting for it; notes are lost where the write fails.
    package func noteResultUsesLater(_ uses: [ResultKey: ResultUses]) {
        self.writer.enqueue { try $0.note(uses) }
    }

    /// Forgets results; those that are not there are fine.
    ///
    /// - Returns: How many there are now.
    @discardableResult
    package func forgetResults(_ keys: [ResultKey]) async throws -> ResultTotals {
        try await self.writer.submit { transaction in
            for key in keys { try transaction.forget(key) }
            return try transaction.resultTotals()
        }
    }

    /// How many results are kept.
    package func resultTotals() throws -> ResultTotals {
        try self.readers.read { db in try db.first(ResultQuery.resultTotal) { try ResultTotals($0) } }
            ?? ResultTotals(count: 0, bytes: 0)
    }

    /// Results whose last use lies farthest back, the farthest first.
    package func leastUsedResults(limit: Int) throws -> [ResultSummary] {
        try self.results(.leastUsedResults, [Int64.min, limit])
    }

    /// Results that were used since a time, the latest first.
    package func lastUsedResults(since time: Date, limit: Int) throws -> [ResultSummary] {
        try self.results(.lastUsedResults, [time.milliseconds, limit])
    }

    /// Results that were made before a time, the oldest first.
    package func results(madeBefore time: Date, limit: Int) throws -> [ResultSummary] {
        try self.results(.expiredResults, [time.milliseconds, limit])
    }

    /// Results of a pipeline for a content.
    package func results(of pipeline: String, for content: BlobID, limit: Int) throws -> [ResultSummary] {
        try self.results(.resultsOfContent, [pipeline, content.data, limit])
    }

    private func results(_ query: ResultQuery, _ arguments: StatementArguments) throws -> [ResultSummary] {
        try self.readers.read { db in try db.all(query, arguments) { try ResultSummary($0) } }
    }
}

extension WriteTransaction {
    fileprivate func note(_ uses: [ResultKey: ResultUses]) throws {
        for (key, uses) in uses {
            try self.write(ResultQuery.noteResultUse, [uses.usedAt.milliseconds, uses.hits, key.digest.data])
        }
    }

    fileprivate func keep(_ result: ResultRecord) throws {
        let replaced = try self.db.first(ResultQuery.resultBytes, [result.key.digest.data]) { try $0.integer(0) }
        try self.write(
            ResultQuery.saveResult,
            [
                result.key.digest.data, result.pipeline, result.content.data, result.bytes, result.document,
                result.createdAt.milliseconds, result.usedAt.milliseconds,
            ]
        )
        try self.write(ResultQuery.countResults, [replaced == nil ? 1 : 0, result.bytes - (replaced ?? 0)])
    }

    fileprivate func forget(_ key: ResultKey) throws {
        guard let bytes = try self.db.first(ResultQuery.resultBytes, [key.digest.data], { try $0.integer(0) }) else {
            return
        }
        try self.write(ResultQuery.deleteResult, [key.digest.data])
        try self.write(ResultQuery.countResults, [-1, -bytes])
    }

    fileprivate func resultTotals() throws -> ResultTotals {
        try self.db.first(ResultQuery.resultTotal) { try ResultTotals($0) } ?? ResultTotals(count: 0, bytes: 0)
    }
}

extension ResultTotals {
    fileprivate init(_ row: Row) throws {
        self.init(count: try row.integer(0), bytes: try row.integer(1))
    }
}

extension ResultSummary {
    fileprivate init(_ row: Row) throws {
        self.init(key: try row.resultKey(0), bytes: try row.integer(1), hits: try row.integer(2))
    }
}

extension ResultRecord {
    fileprivate init(_ row: Row) throws {
        self.init(
            key: try row.resultKey(0),
            pipeline: try row.text(1),
            content: try row.resultKey(2).digest,
            bytes: try row.integer(3),
            document: try row.text(4),
            createdAt: Date(milliseconds: try row.integer(5)),
            usedAt: Date(milliseconds: try row.integer(6)),
            hits: try row.integer(7)
        )
    }
}

extension Row {
    fileprivate func resultKey(_ column: Int) throws -> ResultKey {
        guard let digest = try self.bytes(column, { BlobID(bytes: $0) }) else {
            throw CatalogError.undecodable("the key of a result")
        }
        return ResultKey(digest)
    }
}
