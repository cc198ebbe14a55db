import GRDB

extension Catalog {
    /// Jobs that have ended, and whose end is still to be told to a URL.
    package func jobsToTell(limit: Int) throws -> [JobRecord] {
        try self.readers.read { db in try db.all(JobQuery.jobsToTell, [max(1, limit)]) { try JobRecord($0) } }
    }

    /// Takes one of the times that a job's end may be told; before it is, so that a crash cannot make them more.
    ///
    /// - Parameter job: The job's row.
    /// - Returns: How often it may still be told after that; `nil` where none was left.
    /// - Throws: ``CatalogError``.
    package func useCallback(ofJob job: Int64) async throws -> Int? {
        try await self.writer.submit { transaction in
            try transaction.write(JobQuery.useCallback, [job])
            guard transaction.db.changesCount == 1 else { return nil }
            return try transaction.db.first(JobQuery.callbacksLeft, [job]) { Int(try $0.integer(0)) }
        }
    }

    /// Notes that a job's end was told, or never can be.
    package func endCallbacks(ofJob job: Int64) async throws {
        try await self.writer.submit { try $0.write(JobQuery.endCallbacks, [job]) }
    }
}
