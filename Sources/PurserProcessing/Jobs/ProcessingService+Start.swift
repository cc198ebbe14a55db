import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import Synchronization

/// What a job needs beside its row to be run.
private struct JobWork {
    var id: OperationID
    var order: JobOrder
    var pipeline: Pipeline
    /// The values of the pipeline's parameters.
    var parameters: [String: StepValue]
}

extension ProcessingService {
    /// The longest pause before a job that could not be taken up is tried again.
    static let maxPutOff = 60.0

    /// Starts a job that waits.
    func start(_ record: JobRecord) async throws {
        do {
            // Before it is started: what cannot be run now has not begun.
            let work = try self.work(of: record)
            guard try await self.catalog.startJob(record.number, at: self.now()) else { return }
            try await self.adopt(record, work)
        } catch {
            try await self.refuse(record, error)
        }
    }

    /// Takes up a job that is started, and was cut off.
    func takeUp(_ record: JobRecord) async throws {
        do {
            try await self.adopt(record, try self.work(of: record))
        } catch {
            try await self.refuse(record, error)
        }
    }

    /// What is needed to run a job.
    ///
    /// Throws ``ProcessingError``; `.pipelineUnavailable` may pass.
    private func work(of record: JobRecord) throws -> JobWork {
        let pipeline = try self.pipelines.find(record.pipeline)
        guard let order = try? JobOrder(text: record.request), let id = try? OperationID(record.id) else {
            // Written by us: only damage makes it so.
            throw ProcessingError(.invalidJob, "the job cannot be run: what was asked for cannot be read any more")
        }
        do {
            let values = try pipeline.values(of: order.parameters)
            return JobWork(id: id, order: order, pipeline: pipeline, parameters: values)
        } catch {
            throw ProcessingError(
                .invalidJob,
                "the pipeline does not take the job's parameters any more: \(error.message)"
            )
        }
    }

    /// Takes up a job that is started: it is an operation from here on.
    ///
    /// Throws `OperationError` where another operation has its id.
    private func adopt(_ record: JobRecord, _ work: JobWork) async throws {
        let operation = try self.tracker.begin(
            .process,
            id: work.id,
            name: Self.name(of: record),
            client: record.client,
            priority: OperationPriority(rawValue: record.priority) ?? .batch,
            isMeasured: false
        )
        let job = RunningJob(
            record,
            pipeline: work.pipeline,
            order: work.order,
            parameters: work.parameters,
            operation: operation,
            startedAt: record.startedAt ?? self.now(),
            plan: self.plan(
                count: record.isListed ? Int(record.counts.total) : self.configuration.maxInputs,
                averageBytes: record.counts.total > 0 ? record.bytes / record.counts.total : 0
            )
        )
        self.running.withLock { $0[record.number] = job }
        operation.onCancel { [ends] reason in
            job.stop(.cancelled(reason))
            ends.ring()
        }
        // Cancelled at this very moment: then it ends as such.
        try? operation.start()
        await self.stopIfEnded(job)
        self.ends.ring()
        self.watchers.wake(record.id)
    }

    /// Stops a job that was cancelled after it was started, and before it was taken up.
    private func stopIfEnded(_ job: RunningJob) async {
        while !Task.isCancelled {
            do {
                if try self.catalog.job(job.id)?.endedAt != nil { job.stop(.cancelled(.requested)) }
                return
            } catch {
                // Nothing of it is begun meanwhile.
                await self.pause(after: error, "a job could not be looked at")
            }
        }
    }

    /// Ends a job that can never be run, and puts off one that may be later.
    ///
    /// Throws `CatalogError` where that could not be kept.
    private func refuse(_ record: JobRecord, _ error: any Error) async throws {
        // Left as it is, it goes on at the next start.
        guard !Task.isCancelled, !Self.isStop(error) else { return }
        // The store's own troubles are no news about this job.
        if error is CatalogError { throw error }
        let failure = OperationSnapshot.Failure(error)
        let refusal = error as? ProcessingError
        guard refusal == nil || refusal?.code == .pipelineUnavailable else {
            return try await self.fail(record, failure)
        }
        try await self.putOff(record, failure, isPipeline: refusal != nil)
    }

    /// Has a job wait until it is tried again: after a second at first, then after as long as it has waited, up to a minute.
    ///
    /// - Parameters:
    ///   - record: The job.
    ///   - failure: Why it waits; its status tells.
    ///   - isPipeline: Whether all jobs of its pipeline have to wait as well.
    /// - Throws: `CatalogError`.
    private func putOff(_ record: JobRecord, _ failure: OperationSnapshot.Failure, isPipeline: Bool) async throws {
        let now = self.now()
        let since = record.waiting?.since ?? now
        let pause = min(Self.maxPutOff, max(Self.retryAfter.inSeconds, now.timeIntervalSince(since)))
        var why = JobWait(code: failure.code, message: failure.message, since: since)
        try await self.catalog.putOffJob(record.number, why, until: now + pause)
        if isPipeline {
            why.since = now
            try await self.catalog.putOffJobs(ofPipeline: record.pipeline, why, until: now + pause)
        }
        if record.waiting?.code != failure.code {
            self.logger.warning(
                "a job waits, as it cannot be taken up",
                metadata: ["purser.operation.id": "\(record.id)", "purser.error": "\(failure.message)"]
            )
        }
        self.watchers.wake(record.id)
    }

    /// Gives jobs their turn back that were put off, once their time has come and their pipeline can run.
    func takeBack(at now: Date) async {
        do {
            for (pipeline, triesAt) in try self.catalog.pipelinesPutOff() {
                // Nothing is put off for so long: the clock was set back since.
                let isBehind = triesAt > now + Self.maxPutOff
                guard triesAt <= now || isBehind, self.isAvailable(pipeline) else { continue }
                let due = isBehind ? .distantFuture : now
                if try await self.catalog.takeBackJobs(ofPipeline: pipeline, dueBy: due) > 0 { self.work.ring() }
            }
        } catch {
            guard !Task.isCancelled else { return }
            // The next look tries again.
            self.logger.warning("jobs that wait could not be looked at", metadata: ["purser.error": "\(error)"])
        }
        let isListingPutOff = self.isListingPutOff.withLock { isPutOff in
            defer { isPutOff = false }
            return isPutOff
        }
        if isListingPutOff { self.listing.ring() }
    }

    /// Whether it is worth trying to run a pipeline; also where there is none of that name, so that its jobs end.
    private func isAvailable(_ pipeline: String) -> Bool {
        do {
            _ = try self.pipelines.find(pipeline)
            return true
        } catch {
            return (error as? ProcessingError)?.code != .pipelineUnavailable
        }
    }
}
