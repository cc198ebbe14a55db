import PurserCatalog
import PurserIdentifiers
public import PurserOperations
public import PurserProcessing
import PurserStore

extension FileStorageManager {
    /// Runs a pipeline over files, and tells how that comes along.
    ///
    /// ```swift
    /// let scan = JobFile(key: try FileKey("scans/12.pdf"))
    /// for try await update in try await manager.process("document", inputs: [scan]) {
    ///     switch update {
    ///     case .progress(let job): print(job.progress?.fraction ?? 0)
    ///     case .report(let report): print(report.items.flatMap(\.outputs))
    ///     }
    /// }
    /// ```
    ///
    /// Results are files of the same bucket, beside their sources. The job is kept from the moment this returns, and goes on
    /// after a crash, whether or not anybody watches.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline's name.
    ///   - inputs: The files, in the order in which they are begun.
    ///   - parameters: Values for the pipeline's parameters.
    ///   - priority: The class in which the files wait.
    /// - Returns: States of the job, and at last its report.
    /// - Throws: As ``startProcessing(_:)``.
    public func process(
        _ pipeline: String,
        inputs: [JobFile],
        parameters: [String: StepValue] = [:],
        priority: OperationPriority = .batch
    ) async throws -> ProcessingUpdates {
        var request = JobRequest(pipeline: pipeline, inputs: inputs)
        request.parameters = parameters
        request.priority = priority
        return try await self.process(request)
    }

    /// Runs a pipeline over all files of a bucket whose keys begin so, and tells how that comes along.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline's name.
    ///   - prefix: The bucket, and what keys begin with; results of earlier jobs are left out unless it names them.
    ///   - parameters: Values for the pipeline's parameters.
    ///   - priority: The class in which the files wait.
    /// - Returns: States of the job, and at last its report.
    /// - Throws: As ``startProcessing(_:)``.
    public func process(
        _ pipeline: String,
        prefix: JobPrefix,
        parameters: [String: StepValue] = [:],
        priority: OperationPriority = .batch
    ) async throws -> ProcessingUpdates {
        var request = JobRequest(pipeline: pipeline, prefix: prefix)
        request.parameters = parameters
        request.priority = priority
        return try await self.process(request)
    }

    /// Runs a job, and tells how that comes along.
    ///
    /// - Throws: As ``startProcessing(_:)``.
    public func process(_ request: JobRequest) async throws -> ProcessingUpdates {
        let job = try await self.startProcessing(request)
        let updates = try self.processing.updates(of: job.id)
        return ProcessingUpdates(id: job.id, service: self.processing, updates: updates)
    }

    /// Takes a job, and returns once it is kept; it is run in its turn, while ``run()`` does.
    ///
    /// - Parameter request: The pipeline and the files. One that does not exist is told in the report, and stops nothing.
    /// - Returns: The job; the earlier one where the request repeats it under its idempotency key.
    /// - Throws: `ProcessingError`; `OperationError` `.operationExists` where the id is taken, `.shuttingDown`; `StoreError`.
    @discardableResult
    public func startProcessing(_ request: JobRequest) async throws -> JobDocument {
        try await self.monitor.notingRefusal(of: .process, client: request.client) {
            guard !self.isShuttingDown else {
                throw OperationError(.shuttingDown, "Purser is shutting down; ask again when it is back")
            }
            return try await self.processing.submit(request)
        }
    }

    /// A job as it stands.
    ///
    /// - Throws: `ProcessingError` `.jobNotFound`; `StoreError`.
    public func processingJob(_ id: String) throws -> JobDocument {
        try self.processing.job(id)
    }

    /// Jobs, newest first.
    ///
    /// - Parameters:
    ///   - state: Only those that stand so.
    ///   - pipeline: Only those of this pipeline.
    ///   - id: The last job of the page before.
    ///   - limit: Jobs of the page, at most 1,000.
    /// - Returns: The jobs, fewer than the limit on the last page.
    /// - Throws: `StoreError`.
    public func processingJobs(
        state: OperationState? = nil,
        pipeline: String? = nil,
        before id: String? = nil,
        limit: Int = 100
    ) throws -> [JobDocument] {
        try self.processing.jobs(state: state, pipeline: pipeline, before: id, limit: limit)
    }

    /// What a job did, as far as it is, some files at a time.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - number: The last file of the page before, `JobReport.next`.
    ///   - limit: Files of the page, at most 1,000; there are fewer where much is to be told of them.
    /// - Returns: The page.
    /// - Throws: `ProcessingError` `.jobNotFound`; `StoreError`.
    public func processingReport(_ id: String, after number: Int64? = nil, limit: Int = 100) throws -> JobReport {
        try self.processing.report(id, after: number, limit: limit)
    }

    /// How a job comes along, from now to its end.
    ///
    /// - Throws: `ProcessingError` `.jobNotFound`; `StoreError`.
    public func processingUpdates(of id: String) throws -> ProcessingUpdates {
        ProcessingUpdates(id: id, service: self.processing, updates: try self.processing.updates(of: id))
    }

    /// Cancels a job: what it has done stays, what it is at ends within a second, the rest is not begun.
    ///
    /// - Throws: `ProcessingError` `.jobNotFound`, `.jobEnded`; `StoreError`.
    public func cancelProcessing(_ id: String) async throws {
        try await self.processing.cancel(id)
    }

    /// Works out how many files of a job would go at the same time, how many are taken up at once, and why.
    ///
    /// - Parameters:
    ///   - count: Files of the job.
    ///   - averageBytes: Bytes of one of them on average; 0 where that is not known.
    /// - Returns: The numbers, and why.
    public func planProcessing(count: Int, averageBytes: Int64) -> ProcessingPlan {
        self.processing.plan(count: count, averageBytes: averageBytes)
    }

    /// Loads what a pipeline has made of files into memory, so that it is there at once when it is wanted again.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline's name.
    ///   - prefix: The bucket, and what the keys of the files begin with; the first 10,000 of them count.
    /// - Returns: How many results are in memory now.
    /// - Throws: `ProcessingError` `.pipelineNotFound`, `.pipelineUnavailable`; `StoreError` `.bucketNotFound`.
    @discardableResult
    public func warmProcessing(_ pipeline: String, prefix: JobPrefix) async throws -> Int {
        _ = try self.pipelineHost.jobPipelines.find(pipeline)
        var contents: [BlobID] = []
        for try await file in self.list(in: prefix.bucket, prefix: prefix.prefix) {
            contents.append(file.blob)
            if contents.count == JobRequest.maxInputs { break }
        }
        return try await self.pipelineHost.cache.warm(pipeline, contents)
    }
}
