import Foundation
import Purser
import PurserIdentifiers
import PurserOperations

extension LocalService {
    /// Jobs are run by this process; those that have not ended wait for the next one.
    var outlivesCommands: Bool { false }

    func startJob(_ submission: JobSubmission) async throws -> Data {
        try DocumentCoding.encode(
            ProcessingJobDocument(try await self.manager.startProcessing(JobRequest(submission)))
        )
    }

    func followJob(_ id: String, onChange: @escaping @Sendable (JobSummary) -> Void) async throws {
        for try await update in try self.manager.processingUpdates(of: id) {
            guard case .progress(let job) = update else { continue }
            onChange(try JobSummary.read(try DocumentCoding.encode(ProcessingJobDocument(job))))
        }
    }

    func job(_ id: String) async throws -> Data {
        try DocumentCoding.encode(ProcessingJobDocument(try self.manager.processingJob(id)))
    }

    func jobs(_ query: JobQuery) async throws -> Data {
        let jobs = try self.manager.processingJobs(
            state: query.state.flatMap { OperationState(rawValue: $0) },
            pipeline: query.pipeline,
            before: query.after,
            limit: query.limit
        )
        return try DocumentCoding.encode(ProcessingJobListDocument(jobs, limit: query.limit))
    }

    func jobHistory(_ id: String) async throws -> Data {
        let entries = try self.manager.processing.history(id).map { entry in
            HistoryDocument.Entry(
                time: entry.time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
                state: entry.state.rawValue,
                step: entry.step,
                message: entry.message
            )
        }
        return try DocumentCoding.encode(HistoryDocument(entries: entries))
    }

    /// What the API says of a history, as far as it is known without its operation.
    private struct HistoryDocument: Encodable {
        struct Entry: Encodable {
            var time: String
            var state: String
            var step: String?
            var message: String?
        }

        var entries: [Entry]
    }

    func jobReport(_ id: String, after cursor: String?, limit: Int) async throws -> Data {
        let number = try cursor.map { text in
            guard let number = Int64(text) else {
                throw CommandError("this is no end of a page", code: "invalid_cursor")
            }
            return number
        }
        return try DocumentCoding.encode(
            ProcessingReportDocument(try self.manager.processingReport(id, after: number, limit: limit))
        )
    }

    func cancelJob(_ id: String) async throws -> Data {
        try await self.manager.cancelProcessing(id)
        // Nobody else ends it when this process does.
        if self.manager.configuration.processing.isEnabled {
            for try await _ in try self.manager.processingUpdates(of: id) {}
        }
        return try await self.job(id)
    }

    func planJob(count: Int, averageBytes: Int64) async throws -> Data {
        try DocumentCoding.encode(
            ProcessingPlanDocument(self.manager.planProcessing(count: count, averageBytes: averageBytes))
        )
    }

    func pipelines() async throws -> Data {
        try DocumentCoding.encode(PipelineListDocument(self.manager.pipelines()))
    }
}

extension JobRequest {
    /// Takes a job that was asked for on the command line.
    fileprivate init(_ submission: JobSubmission) {
        self.init(
            pipeline: submission.pipeline,
            inputs: submission.inputs.map { JobFile(bucket: $0.bucket, key: $0.key) }
        )
        self.prefix = submission.prefix.map { JobPrefix(bucket: $0.bucket, prefix: $0.prefix) }
        self.parameters = submission.parameters.mapValues { StepValue($0) }
        if let priority = submission.priority { self.priority = OperationPriority(priority) }
        self.timeout = submission.timeout.map { .seconds($0) }
        self.callbackURL = submission.callbackURL
        self.idempotencyKey = submission.idempotencyKey
    }
}

extension StepValue {
    fileprivate init(_ value: JobSubmission.Value) {
        self =
            switch value {
            case .text(let text): .string(text)
            case .integer(let number): .integer(number)
            case .number(let number): .number(number)
            case .boolean(let isTrue): .bool(isTrue)
            }
    }
}

extension OperationPriority {
    fileprivate init(_ priority: JobSubmission.Priority) {
        self =
            switch priority {
            case .interactive: .interactive
            case .batch: .batch
            case .background: .background
            }
    }
}
