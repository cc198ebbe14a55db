package import Foundation
import GRDB

/// Jobs that cannot be taken up for a while.
extension Catalog {
    /// Puts a job off that could not be taken up: it waits again, and has no turn before a time.
    ///
    /// Nothing where it has ended.
    ///
    /// - Parameters:
    ///   - number: The job.
    ///   - why: Why it waits.
    ///   - time: When it is to be tried again, see ``takeBackJobs(ofPipeline:dueBy:)``.
    /// - Throws: ``CatalogError``.
    package func putOffJob(_ number: Int64, _ why: JobWait, until time: Date) async throws {
        try await self.writer.submit { transaction in
            try transaction.write(
                JobQuery.putOff,
                [time.milliseconds, why.code, why.message, why.since.milliseconds, number]
            )
        }
    }

    /// Puts all jobs of a pipeline off whose turn is still to come, so that they need not be tried one by one.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - why: Why they wait; those that waited before keep the time since when.
    ///   - time: When they are to be tried again.
    /// - Throws: ``CatalogError``.
    package func putOffJobs(ofPipeline pipeline: String, _ why: JobWait, until time: Date) async throws {
        try await self.writer.submit { transaction in
            try transaction.write(
                JobQuery.putOffPipeline,
                [time.milliseconds, why.code, why.message, why.since.milliseconds, Int64.min, pipeline]
            )
        }
    }

    /// The pipelines of jobs that were put off, each with the time when the first of them is to be tried again.
    ///
    /// - Throws: ``CatalogError``.
    package func pipelinesPutOff() throws -> [(pipeline: String, triesAt: Date)] {
        try self.readers.read { db in
            var found: [(pipeline: String, triesAt: Date)] = []
            while let next = try db.first(
                JobQuery.nextPutOff,
                [found.last?.pipeline ?? ""],
                { row in
                    (pipeline: try row.text(0), triesAt: Date(milliseconds: try row.integer(1)))
                }
            ) {
                found.append(next)
            }
            return found
        }
    }

    /// Gives the jobs of a pipeline their turn back that are to be tried again.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - time: Those that were put off until then, or earlier.
    /// - Returns: How many there were.
    /// - Throws: ``CatalogError``.
    @discardableResult
    package func takeBackJobs(ofPipeline pipeline: String, dueBy time: Date) async throws -> Int {
        try await self.writer.submit { transaction in
            try transaction.write(JobQuery.takeBack, [pipeline, time.milliseconds])
            return transaction.db.changesCount
        }
    }
}
