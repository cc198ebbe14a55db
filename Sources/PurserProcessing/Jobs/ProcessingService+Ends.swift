import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import Synchronization

extension ProcessingService {
    /// Writes down what is done, and ends jobs of which nothing is left, until the task is cancelled.
    func writeDown() async {
        while !Task.isCancelled {
            await self.ends.wait()
            let hasFailed = await self.writeAll()
            guard hasFailed, !Task.isCancelled else { continue }
            // Ends early where the task is cancelled.
            try? await self.timeline.sleep(self.timeline.elapsed() + Self.retryAfter)
            self.ends.ring()
        }
    }

    /// Writes down what is done now; jobs at the same time, so that they share commits.
    ///
    /// - Returns: Whether something could not be written down.
    private func writeAll() async -> Bool {
        let jobs = self.running.withLock { Array($0.values) }
        return await withTaskGroup(of: Bool.self) { group in
            for job in jobs { group.addTask { await !self.write(job) } }
            return await group.reduce(false) { $0 || $1 }
        }
    }

    /// - Returns: Whether all of the job was written down.
    private func write(_ job: RunningJob) async -> Bool {
        var batch: [JobItemEnd] = []
        do {
            repeat {
                batch = job.takeEnds()
                // In a task of its own: what was done is kept also where the service stops meanwhile.
                let ends = batch
                try await Task { try await self.catalog.end(ends, ofJob: job.number) }.value
                job.noteWritten(batch)
            } while !batch.isEmpty
        } catch {
            job.putBack(batch)
            self.logger.error("results of a job could not be written down", metadata: ["purser.error": "\(error)"])
            return false
        }
        self.work.ring()
        guard job.takeFinish() else { return true }
        do {
            try await Task { try await self.finish(job) }.value
            return true
        } catch {
            job.returnFinish()
            self.logger.error("a job could not be ended", metadata: ["purser.error": "\(error)"])
            return false
        }
    }

    /// Ends a job of which nothing is left to do.
    private func finish(_ job: RunningJob) async throws {
        guard let record = try self.catalog.job(job.id) else { return self.forget(job, .failure(CancellationError())) }
        // It goes on at the next start; the last to leave says so.
        if job.stopReason == .cancelled(.shutdown) { return }
        let (state, failure) = Self.end(of: record, job.stopReason)
        _ = try await self.catalog.endJob(
            job.number,
            state.rawValue,
            error: failure.map { ($0.code, $0.message) },
            at: self.now()
        )
        let isCancelled = state == .cancelled || state == .timedOut
        let error: any Error = isCancelled ? CancellationError() : JobFailed(failure: failure)
        self.forget(job, state == .succeeded ? .success(()) : .failure(error))
        self.noteEnd(of: record)
    }

    /// How a job ends whose files are done, or that was stopped.
    static func end(
        of record: JobRecord,
        _ stop: JobStop?
    ) -> (state: OperationState, failure: OperationSnapshot.Failure?) {
        switch stop {
        case .cancelled(let reason):
            let error = OperationError(
                reason == .timedOut ? .operationTimedOut : .operationCancelled,
                reason == .timedOut ? "the job took longer than its timeout" : "the job was cancelled"
            )
            return (reason.finalState, OperationSnapshot.Failure(error))
        case .failed(let failure): return (.failed, failure)
        case nil: break
        }
        guard record.counts.succeeded == 0 else { return (.succeeded, nil) }
        let failure =
            record.counts.total == 0
            ? OperationSnapshot.Failure(code: "no_inputs", message: "there was no file to process")
            : OperationSnapshot.Failure(
                code: "no_results",
                message: "none of \(record.counts.total) files has a result; the report says why"
            )
        return (.failed, failure)
    }

    /// Ends a job that cannot be run.
    func fail(_ record: JobRecord, _ failure: OperationSnapshot.Failure) async throws {
        if let job = self.running.withLock({ $0[record.number] }) {
            job.stop(.failed(failure))
            return self.ends.ring()
        }
        let isEnded = try await self.catalog.endJob(
            record.number,
            OperationState.failed.rawValue,
            error: (failure.code, failure.message),
            at: self.now()
        )
        if isEnded { self.noteEnd(of: record) }
    }

    /// Lets go of a job, and ends its operation.
    private func forget(_ job: RunningJob, _ outcome: Result<Void, any Error>) {
        self.running.withLock { $0[job.number] = nil }
        job.operation.finish(outcome)
        self.work.ring()
    }

    /// Tells those who wait of a job that has ended.
    func noteEnd(of record: JobRecord) {
        self.watchers.wake(record.id)
        self.telling.ring()
        do {
            // As it was written down, with its last counts.
            if let ended = try self.catalog.job(record.id) { self.onEvent(.jobEnded(JobDocument(ended))) }
        } catch {
            self.logger.warning("the end of a job could not be told", metadata: ["purser.error": "\(error)"])
        }
    }

    /// Leaves all jobs that are under way to the next start, as if their files had not been begun.
    func leave() async {
        _ = await self.writeAll()
        let jobs = self.running.withLock { running in
            defer { running = [:] }
            return Array(running.values)
        }
        for job in jobs {
            do {
                try await self.catalog.returnItems(job.unfinished, ofJob: job.number)
            } catch {
                // They count as cut off then.
                self.logger.warning("files of a job could not be returned", metadata: ["purser.error": "\(error)"])
            }
            let error = OperationError(.shuttingDown, "the job goes on at the next start")
            job.operation.finish(.failure(error))
        }
        self.endUpdates()
    }
}

/// A job without a result.
private struct JobFailed: OperationFailure {
    var failureCode: String { self.failure?.code ?? "internal" }
    var failureMessage: String { self.failure?.message ?? "the job failed" }
    let failure: OperationSnapshot.Failure?
}
