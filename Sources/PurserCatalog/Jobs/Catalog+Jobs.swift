package import Foundation
import GRDB
import PurserIdentifiers

extension Catalog {
    /// How much earlier a job of one class has its turn than one of the next, made at the same time: 10 minutes.
    package static let jobClassLead = Duration.seconds(600)

    /// Keeps a new job with the files that are known by now, in one transaction.
    ///
    /// - Parameter job: The job; queued.
    /// - Returns: The job as it is kept, the one that it repeats, or why it is not kept.
    /// - Throws: ``CatalogError``.
    package func insert(_ job: NewJob) async throws -> JobInsertion {
        try await self.writer.submit { transaction in
            let db = transaction.db
            if let (key, digest) = job.idempotency {
                let known = try db.first(JobQuery.jobOfKey, [key]) { row in
                    (job: try JobRecord(row), digest: row[23] as Data?)
                }
                if let known { return known.digest == digest ? .known(known.job) : .contradicts }
            }
            guard try db.first(JobQuery.job, [job.id], { _ in true }) == nil else { return .idTaken }
            let lead = Self.jobClassLead.components.seconds * 1_000
            try transaction.write(
                JobQuery.insertJob,
                [
                    job.id, job.pipeline, job.priority, job.createdAt.milliseconds + Int64(job.priority) * lead,
                    job.client,
                    job.isListed ? 1 : 0, job.listedTo, job.idempotency?.key, job.idempotency?.digest, job.request,
                    job.callbacks, job.createdAt.milliseconds,
                ]
            )
            let number = db.lastInsertedRowID
            try transaction.add(job.inputs, toJob: number, from: 0, isListed: job.isListed, listedTo: job.listedTo)
            guard let kept = try db.first(JobQuery.jobOfNumber, [number], { try JobRecord($0) }) else {
                throw CatalogError(.internalFailure, "a job that was just written is not there")
            }
            return .inserted(kept)
        }
    }

    /// Adds files that were found since; nothing where the job has ended or all were found before.
    ///
    /// - Parameters:
    ///   - inputs: The files, behind those that the job has.
    ///   - number: The job.
    ///   - position: How far the files of its prefix are found then; `nil` once all are.
    /// - Returns: The job as it is then; `nil` where nothing was added.
    /// - Throws: ``CatalogError``.
    package func add(_ inputs: [JobInput], toJob number: Int64, listedTo position: Data?) async throws -> JobRecord? {
        try await self.writer.submit { transaction in
            let job = try transaction.db.first(JobQuery.jobOfNumber, [number]) { try JobRecord($0) }
            guard let job, job.endedAt == nil, !job.isListed else { return nil }
            try transaction.add(
                inputs,
                toJob: number,
                from: job.counts.total,
                isListed: position == nil,
                listedTo: position
            )
            return try transaction.db.first(JobQuery.jobOfNumber, [number]) { try JobRecord($0) }
        }
    }

    /// A job; `nil` where there is none of that id, or it was forgotten.
    package func job(_ id: String) throws -> JobRecord? {
        try self.readers.read { db in try db.first(JobQuery.job, [id]) { try JobRecord($0) } }
    }

    /// Jobs, newest first.
    ///
    /// - Parameters:
    ///   - state: Only those that stand so.
    ///   - pipeline: Only those of this pipeline; others are passed over one by one.
    ///   - number: The row of the last job of the page before.
    ///   - limit: Jobs of the page.
    /// - Returns: The jobs, fewer than the limit on the last page.
    /// - Throws: ``CatalogError``.
    package func jobs(
        state: String? = nil,
        pipeline: String? = nil,
        before number: Int64? = nil,
        limit: Int
    ) throws -> [JobRecord] {
        try self.readers.read { db in
            let (number, limit) = (number ?? .max, max(1, limit))
            guard let state else { return try db.all(JobQuery.jobs, [number, pipeline, limit]) { try JobRecord($0) } }
            return try db.all(JobQuery.jobsInState, [state, number, pipeline, limit]) { try JobRecord($0) }
        }
    }

    /// How many jobs there are that stand in some way, of those that are kept.
    ///
    /// - Parameter states: Such as `queued`.
    /// - Returns: A count for each, all of one moment.
    /// - Throws: ``CatalogError``.
    package func jobCounts(in states: [String]) throws -> [String: Int64] {
        try self.readers.read { db in
            var counts: [String: Int64] = [:]
            for state in states { counts[state] = try db.first(JobQuery.countJobs, [state]) { try $0.integer(0) } ?? 0 }
            return counts
        }
    }

    /// The job that is to start next: by priority, where none of another class has waited much longer.
    ///
    /// Those that were put off are not among them.
    package func nextJob() throws -> JobRecord? {
        try self.readers.read { db in try db.first(JobQuery.nextJob, [Int64.min]) { try JobRecord($0) } }
    }

    /// The jobs of several clients that are to start next, one of each, in the order of the clients' names.
    ///
    /// - Parameters:
    ///   - client: The last client of the look before; those behind it come first, and then those up to it.
    ///   - limit: Clients at most.
    /// - Returns: The jobs.
    /// - Throws: ``CatalogError``.
    package func nextJobs(afterClient client: String, limit: Int) throws -> [JobRecord] {
        try self.readers.read { db in
            var jobs: [JobRecord] = []
            var (last, hasWrapped) = (client, client.isEmpty)
            while jobs.count < limit {
                let job = try db.first(JobQuery.nextJobOfClient, [last]) { try JobRecord($0) }
                if let job, !hasWrapped || job.client <= client || client.isEmpty {
                    jobs.append(job)
                    last = job.client
                } else if hasWrapped {
                    break
                } else {
                    (last, hasWrapped) = ("", true)
                }
            }
            return jobs
        }
    }

    /// The first job behind another whose files are not all found.
    package func unlistedJob(after number: Int64 = 0) throws -> JobRecord? {
        try self.readers.read { db in try db.first(JobQuery.unlistedJob, [number]) { try JobRecord($0) } }
    }

    /// Starts a job that waits.
    ///
    /// - Returns: Whether it did; not where it has started or ended meanwhile.
    package func startJob(_ number: Int64, at time: Date) async throws -> Bool {
        try await self.writer.submit { transaction in
            try transaction.write(JobQuery.startJob, [time.milliseconds, number])
            return transaction.db.changesCount == 1
        }
    }

    /// Ends a job; the first end counts.
    ///
    /// - Parameters:
    ///   - number: The job.
    ///   - state: `succeeded`, `failed`, `cancelled` or `timed_out`.
    ///   - error: Why, where it did not succeed.
    ///   - isQueuedOnly: Whether it is to end only where it has not started.
    ///   - time: When.
    /// - Returns: Whether this ended it.
    /// - Throws: ``CatalogError``.
    package func endJob(
        _ number: Int64,
        _ state: String,
        error: (code: String, message: String)?,
        isQueuedOnly: Bool = false,
        at time: Date
    ) async throws -> Bool {
        try await self.writer.submit { transaction in
            let job = try transaction.db.first(JobQuery.jobOfNumber, [number]) { try JobRecord($0) }
            guard let job, job.state == "queued" || !isQueuedOnly else { return false }
            try transaction.write(JobQuery.endJob, [state, error?.code, error?.message, time.milliseconds, number])
            return transaction.db.changesCount == 1
        }
    }
}

extension WriteTransaction {
    fileprivate func add(
        _ inputs: [JobInput],
        toJob job: Int64,
        from first: Int64,
        isListed: Bool,
        listedTo position: Data?
    ) throws {
        for (offset, input) in inputs.enumerated() {
            try self.write(JobQuery.insertItem, [job, first + Int64(offset), input.bucket.text, input.key.data])
        }
        let bytes = inputs.reduce(Int64(0)) { $0.addingReportingOverflow(max(0, $1.size)).partialValue }
        try self.write(JobQuery.noteListed, [inputs.count, max(0, bytes), isListed ? 1 : 0, position, job])
    }
}
