import Foundation
import PurserCatalog
public import PurserIdentifiers
public import PurserOperations
import PurserStore
import Synchronization

extension ProcessingService {
    /// Takes a job, and returns once it is kept; ``run()`` then starts it in its turn.
    ///
    /// - Parameter request: The pipeline and the files. One that does not exist is told in the report, and stops nothing.
    /// - Returns: The job; the earlier one where the request repeats it under its key.
    /// - Throws: ``ProcessingError``; `OperationError` `.operationExists` where the id is taken; `StoreError`.
    public func submit(_ request: JobRequest) async throws -> JobDocument {
        do {
            let pipeline = try self.pipelines.find(request.pipeline)
            try self.check(request, pipeline)
            let id = request.id ?? OperationID(at: self.now())
            if request.id != nil, self.tracker.operation(id) != nil { throw Self.idTaken(id) }
            let inputs = try self.firstInputs(of: request, pipeline)
            let job = NewJob(
                id: id.description,
                pipeline: request.pipeline,
                priority: request.priority.rawValue,
                client: request.client,
                request: try JobOrder(request).text(),
                inputs: inputs.files,
                isListed: inputs.end == nil,
                listedTo: inputs.end,
                idempotency: try request.idempotencyName.map { ($0, try request.digest()) },
                callbacks: request.callbackURL == nil ? 0 : Self.callbackAttempts,
                createdAt: self.now()
            )
            switch try await self.catalog.insert(job) {
            case .inserted(let record):
                self.work.ring()
                self.listing.ring()
                return JobDocument(record)
            case .known(let record): return self.document(record)
            case .contradicts:
                throw ProcessingError(
                    .idempotencyConflict,
                    "this idempotency key stands for another request; choose a new one for a new job"
                )
            case .idTaken: throw Self.idTaken(id)
            }
        } catch {
            throw StoreError.surfaced(error)
        }
    }

    /// A job as it stands.
    ///
    /// - Throws: ``ProcessingError`` `.jobNotFound`; `StoreError`.
    public func job(_ id: String) throws -> JobDocument {
        self.document(try self.record(id))
    }

    /// Jobs, newest first.
    ///
    /// - Parameters:
    ///   - state: Only those that stand so.
    ///   - pipeline: Only those of this pipeline.
    ///   - id: The last job of the page before; one that was forgotten since ends the list.
    ///   - limit: Jobs of the page, at most 1,000.
    /// - Returns: The jobs, fewer than the limit on the last page.
    /// - Throws: `StoreError`.
    public func jobs(
        state: OperationState? = nil,
        pipeline: String? = nil,
        before id: String? = nil,
        limit: Int = 100
    ) throws -> [JobDocument] {
        do {
            var number: Int64?
            if let id {
                guard let last = try self.catalog.job(id) else { return [] }
                number = last.number
            }
            let records = try self.catalog.jobs(
                state: state?.rawValue,
                pipeline: pipeline,
                before: number,
                limit: min(limit, 1_000)
            )
            return records.map { self.document($0) }
        } catch {
            throw StoreError.surfaced(error)
        }
    }

    /// Cancels a job: what it has done stays, what it is at ends within a second, the rest is not begun.
    ///
    /// - Throws: ``ProcessingError`` `.jobNotFound`, `.jobEnded`; `StoreError`.
    public func cancel(_ id: String) async throws {
        let record = try self.record(id)
        let ended = ProcessingError(.jobEnded, "the job has already ended")
        guard record.endedAt == nil else { throw ended }
        do {
            // One that waits is a row only. It may start at this moment: then its operation is there.
            let error = (code: OperationError.Code.operationCancelled.rawValue, message: "the job was cancelled")
            let isDone = try await self.catalog.endJob(
                record.number,
                OperationState.cancelled.rawValue,
                error: error,
                isQueuedOnly: true,
                at: self.now()
            )
            guard !isDone else { return self.noteEnd(of: record) }
        } catch {
            throw StoreError.surfaced(error)
        }
        guard let job = self.running.withLock({ $0[record.number] }) else {
            return try await self.cancelStarted(record, ended)
        }
        do {
            try job.operation.cancel(.requested)
        } catch {
            throw ended
        }
    }

    /// Cancels a job that is started and not taken up: the one who takes it up looks whether it has ended.
    private func cancelStarted(_ record: JobRecord, _ ended: ProcessingError) async throws {
        do {
            let isDone = try await self.catalog.endJob(
                record.number,
                OperationState.cancelled.rawValue,
                error: (OperationError.Code.operationCancelled.rawValue, "the job was cancelled"),
                at: self.now()
            )
            guard isDone else { throw ended }
        } catch {
            throw StoreError.surfaced(error)
        }
        // Taken up meanwhile, and perhaps before the end was written: ended already is as good.
        try? self.running.withLock { $0[record.number] }?.operation.cancel(.requested)
        self.noteEnd(of: record)
    }

    /// What a job went through, oldest first: all of it while it runs and for a while after, else its states.
    ///
    /// - Throws: ``ProcessingError`` `.jobNotFound`; `StoreError`.
    public func history(_ id: String, limit: Int? = nil) throws -> [OperationHistoryEntry] {
        let record = try self.record(id)
        if let id = try? OperationID(id), let operation = self.tracker.operation(id), operation.kind == .process {
            return Array(operation.history.suffix(max(0, limit ?? .max)))
        }
        var entries = [OperationHistoryEntry(time: record.createdAt, state: .queued)]
        if let startedAt = record.startedAt { entries.append(OperationHistoryEntry(time: startedAt, state: .running)) }
        if let endedAt = record.endedAt {
            let document = JobDocument(record)
            entries.append(
                OperationHistoryEntry(
                    time: endedAt,
                    state: document.state,
                    message: document.error?.message,
                    fraction: document.progress?.fraction ?? 0
                )
            )
        }
        return Array(entries.suffix(max(0, limit ?? .max)))
    }

    /// The operation of a job that no tracker knows, as it waits for its turn or ended before a restart.
    ///
    /// So that a job has an operation from the moment it is asked for, though only those that run are held in memory.
    ///
    /// - Returns: `nil` where there is no such job.
    public func operationSnapshot(_ id: OperationID) throws -> OperationSnapshot? {
        do {
            guard let record = try self.catalog.job(id.description) else { return nil }
            let job = JobDocument(record)
            return OperationSnapshot(
                id: id,
                kind: .process,
                name: Self.name(of: record),
                client: job.client,
                priority: job.priority,
                state: job.state,
                progress: job.progress ?? OperationSnapshot.Progress(fraction: 0),
                createdAt: job.createdAt,
                startedAt: job.startedAt,
                endedAt: job.endedAt,
                elapsed: .seconds(max(0, (job.endedAt ?? self.now()).timeIntervalSince(job.createdAt))),
                error: job.error
            )
        } catch {
            throw StoreError.surfaced(error)
        }
    }

    /// What the operation of a job is called.
    static func name(of record: JobRecord) -> String { "job of pipeline \(record.pipeline)" }

    func record(_ id: String) throws -> JobRecord {
        do {
            guard let record = try self.catalog.job(id) else {
                throw ProcessingError(.jobNotFound, "there is no job \(id.prefix(64)), or it was forgotten")
            }
            return record
        } catch {
            throw StoreError.surfaced(error)
        }
    }

    /// The document of a job, with what its operation knows where it runs.
    ///
    /// Its counts are of files whose end is written down: none of them is processed again after a crash.
    func document(_ record: JobRecord) -> JobDocument {
        var document = JobDocument(record)
        guard record.endedAt == nil, let job = self.running.withLock({ $0[record.number] }) else { return document }
        let snapshot = job.operation.snapshot
        guard document.progress != nil else { return document }
        document.progress = snapshot.progress
        document.estimatedRemaining = snapshot.estimatedRemaining
        return document
    }

    private static func idTaken(_ id: OperationID) -> OperationError {
        OperationError(.operationExists, "an operation or a job with the id \(id) is under way or remembered")
    }
}

extension StoreError {
    /// The store's word for an error of the catalog; any other error as it is.
    static func surfaced(_ error: any Error) -> any Error {
        guard let error = error as? CatalogError else { return error }
        let code: Code =
            switch error.code {
            case .noSpace: .storeFull
            case .readOnly: .readOnly
            case .storageFailure, .damaged: .inputOutput
            default: .internal
            }
        return StoreError(code, error.message, cause: error)
    }
}
