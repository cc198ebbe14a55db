import GRDB

extension Catalog {
    /// Jobs that have ended, and whose end is still to be told to a URL.
    package func jobsToTell(limit: Int) throws -> [JobRecord] {
        try self.readers.read { db in try db.all(JobQuery.jobsToTell, [max(1, limit)]) { try JobRecord($0) } }
    }

    /// Takes one of the times that a job's end may be told; before it is, so that a crash cannot make them more.
    package func useCallback(ofJob job: Int64) async throws {
        try await self.writer.submit { try $0.write(JobQuery.useCallback, [job]) }
    }

    /// Notes that a job's end was told, or never can be.
    package func endCallbacks(ofJob job: Int64) async throws {
        try await self.writer.submit { try $0.write(JobQuery.endCallbacks, [job]) }
    }
}
