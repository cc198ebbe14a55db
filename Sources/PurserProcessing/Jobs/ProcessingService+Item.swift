import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import Synchronization

/// How the work on one file ended, before that is written down.
struct ItemResult: Sendable {
    var state: JobItemState
    var error: FailureReport?
    var steps: [StepReport] = []
    /// Keys of the files made of it, in its bucket.
    var outputs: [FileKey] = []
    var isCached = false
    var duration = Duration.zero
    /// Whether the job is to end because of it.
    var abortsJob = false

    init(_ state: JobItemState, _ failure: StepFailure) {
        self.state = state
        self.error = FailureReport(failure)
    }

    init(_ outcome: FileOutcome) {
        self.state =
            switch outcome.state {
            case .succeeded: .succeeded
            case .failed: .failed
            case .skipped: .skipped
            case .quarantined: .quarantined
            case .timedOut: .timedOut
            }
        self.error = outcome.error
        self.steps = outcome.steps
        self.isCached = outcome.isCached
        self.abortsJob = outcome.abortsJob
    }
}

extension ProcessingService {
    /// What is granted beyond the longest time of a file, for reading it and for keeping its results.
    static let transferAllowance = Duration.seconds(30)
    /// How long a file may wait for its slot before it asks again.
    static let slotWait = Duration.seconds(86_400)

    /// Processes one file of a job, and leaves its end to be written down; nothing where the job or the service stops.
    func process(_ item: JobItemRecord, of job: RunningJob) async {
        guard !item.isGivenUp else {
            let failure = StepFailure(
                "interrupted",
                "the server ended \(JobState.maxStarts) times while it processed this file; look at its log, and process "
                    + "the file alone"
            )
            self.end(item, of: job, ItemResult(.failed, failure))
            return
        }
        // Not a child task: the job's operation cancels it as well. It is awaited on the next lines.
        let task = Task { try await self.carryOut(item, of: job) }
        job.begin(item.number) { task.cancel() }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        switch result {
        case .success(let result): self.end(item, of: job, result)
        case .failure(let error):
            guard Task.isCancelled || job.stopReason != nil || Self.isStop(error) else {
                self.end(item, of: job, ItemResult(.failed, self.failure(of: error)))
                return
            }
            // Where nobody cancelled the job, everything stops: it goes on at the next start. Who cancels says so to the
            // operation first.
            if job.stopReason == nil { job.stop(.cancelled(job.operation.cancellationReason ?? .shutdown)) }
            job.end(item, nil)
            self.ends.ring()
        }
    }

    private func end(_ item: JobItemRecord, of job: RunningJob, _ result: ItemResult) {
        if let error = result.error, result.state != .skipped {
            self.onEvent(
                .fileFailed(
                    JobFailure(
                        job: job.id,
                        pipeline: job.pipeline.name,
                        file: JobFile(bucket: item.bucket, key: item.key),
                        error: error
                    )
                )
            )
        }
        do {
            job.end(item, try JobItemEnd(item, result, of: job.pipeline, at: self.now()))
        } catch {
            self.logger.error("the end of a file could not be encoded", metadata: ["purser.error": "\(error)"])
            job.stop(.failed(OperationSnapshot.Failure(error)))
            job.end(item, nil)
        }
        if result.abortsJob {
            let why = result.error.map { "\($0.code): \($0.message)" } ?? "a file of it failed"
            job.stop(
                .failed(OperationSnapshot.Failure(code: "aborted", message: "the job was ended by a file: \(why)"))
            )
        }
        self.ends.ring()
    }

    /// Does the work on one file in a slot of its own.
    ///
    /// Its programs may need more memory than was expected when there is no more. Then it waits for a slot once again, with all
    /// that they may ever hold; what its steps have made so far is kept.
    @concurrent
    private func carryOut(_ item: JobItemRecord, of job: RunningJob) async throws -> ItemResult {
        let result = try await self.carryOut(item, of: job, with: self.expectedMemory(of: job.pipeline))
        guard result.error?.code == StepFailure.noMemoryCode else { return result }
        return try await self.carryOut(item, of: job, with: self.wholeMemory(of: job.pipeline))
    }

    @concurrent
    private func carryOut(
        _ item: JobItemRecord,
        of job: RunningJob,
        with memory: FileMemory
    ) async throws -> ItemResult {
        let slot = try await self.admit(item, of: job, with: memory)
        let begun = self.timeline.elapsed()
        // Found dead by the watchdog, or stopped with all others.
        let stopped = Mutex<CancellationReason?>(nil)
        let work = Task {
            try await withTimeLimit(self.configuration.fileTimeout + Self.transferAllowance, on: self.timeline) {
                try await self.carryOut(item, of: job, in: slot, with: memory)
            }
        }
        slot.operation.onCancel { reason in
            stopped.withLock { $0 = reason }
            work.cancel()
        }
        var result: ItemResult
        do {
            result = try await withTaskCancellationHandler {
                try await work.value
            } onCancel: {
                work.cancel()
            }
        } catch {
            let isLate = error is TimeLimitReached || stopped.withLock { $0 == .timedOut } && !Task.isCancelled
            guard isLate else {
                guard !Task.isCancelled, !Self.isStop(error) else {
                    slot.finish(.failure(CancellationError()))
                    throw error
                }
                let failure = self.failure(of: error)
                slot.finish(.failure(FailedFile(failure: FailureReport(failure))))
                result = ItemResult(.failed, failure)
                result.duration = self.timeline.elapsed() - begun
                return result
            }
            let isOver = error is TimeLimitReached
            result = ItemResult(.timedOut, isOver ? Self.timedOut(self.configuration.fileTimeout) : Self.stoppedForTime)
        }
        result.duration = self.timeline.elapsed() - begun
        self.finish(slot, result)
        return result
    }

    /// Gives the slot back, and tells those who measure how the file ended.
    private func finish(_ slot: Slot, _ result: ItemResult) {
        switch result.state {
        case .succeeded, .skipped: slot.finish(.success(()))
        case .timedOut:
            // Ended as one that took too long; it is past its work, so that there is nothing left to stop.
            try? slot.operation.cancel(.timedOut)
            slot.finish(.failure(CancellationError()))
        case .failed, .quarantined, .queued, .running:
            slot.finish(.failure(FailedFile(failure: result.error)))
        }
    }

    /// Waits for a slot.
    private func admit(_ item: JobItemRecord, of job: RunningJob, with memory: FileMemory) async throws -> Slot {
        while true {
            try Task.checkCancellation()
            do {
                return try await self.resources.admitPiece(
                    of: job.operation,
                    memory: memory.bytes + Self.ownMemory,
                    deadline: Self.slotWait,
                    name: item.key.text
                )
            } catch let error as OperationError {
                let passes: Set<OperationError.Code> = [
                    .queueFull, .waitExpired, .rateLimited, .memoryUnavailable, .memoryPressure,
                ]
                guard passes.contains(error.code) else { throw error }
            }
            try await self.timeline.sleep(self.timeline.elapsed() + Self.retryAfter)
        }
    }

    static func timedOut(_ limit: Duration) -> StepFailure {
        StepFailure(
            "timed_out",
            "the file took longer than \(limit) (processing.file_timeout); try a smaller one, or raise the limit",
            isRecoverable: true
        )
    }

    private static let stoppedForTime = StepFailure(
        "timed_out",
        "the file was ended as it took too long (monitor.thresholds.process), or as nothing moved for too long "
            + "(resources.operation_timeout); try a smaller one, or raise the limit",
        isRecoverable: true
    )

    /// Whether an error says that the job or the service stops.
    static func isStop(_ error: any Error) -> Bool {
        if error is CancellationError { return true }
        return [.operationCancelled, .shuttingDown].contains((error as? OperationError)?.code)
    }

    /// What is wrong with a file, by the error that the work on it met.
    func failure(of error: any Error) -> StepFailure {
        switch StoreError.surfaced(error) {
        case let error as StepFailure: return error
        case let error as StoreError where error.code == .fileNotFound || error.code == .bucketNotFound:
            return StepFailure("not_found", "there is no such file any more", isRecoverable: true)
        case let error as any OperationFailure:
            return StepFailure(error.failureCode, error.failureMessage, severity: .error)
        default:
            self.logger.error("a file could not be processed", metadata: ["purser.error": "\(error)"])
            return StepFailure("internal", "an unexpected error ended the work on this file", severity: .critical)
        }
    }
}

/// A file without a result, for those who measure.
private struct FailedFile: OperationFailure {
    var failureCode: String { self.failure?.code ?? "internal" }
    var failureMessage: String { self.failure?.message ?? "the file has no result" }
    let failure: FailureReport?
}

extension JobItemEnd {
    /// What is written down of a file that is done.
    init(_ item: JobItemRecord, _ result: ItemResult, of pipeline: Pipeline, at time: Date) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A step may find out what is no number.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "infinity",
            negativeInfinity: "-infinity",
            nan: "nan"
        )
        func text(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        let document = JobItemDocument(
            error: result.error,
            outputs: result.outputs.map(\.text),
            isCached: result.isCached,
            duration: result.duration.inSeconds,
            endedAt: Int64((time.timeIntervalSince1970 * 1_000).rounded())
        )
        self.init(
            number: item.number,
            bucket: item.bucket,
            key: item.key,
            state: result.state,
            isCached: result.isCached,
            document: try text(document),
            steps: try result.steps.map { ($0.name, try text($0)) },
            dependents: pipeline.removesWithSource ? result.outputs : []
        )
    }
}
