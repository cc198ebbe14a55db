import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import Synchronization

extension ProcessingService {
    /// The longest idempotency key, in bytes.
    static let maxIdempotencyKeyBytes = 255
    /// Keys of a prefix that are looked at in one go.
    static let pageSize = ListRequest.maxLimit

    /// Refuses what cannot be.
    func check(_ request: JobRequest, _ pipeline: Pipeline) throws {
        func refuse(_ message: String) -> ProcessingError { ProcessingError(.invalidJob, message) }
        guard request.inputs.isEmpty != (request.prefix == nil) else {
            throw refuse(request.inputs.isEmpty ? "name files or a prefix" : "name files or a prefix, not both")
        }
        guard request.inputs.count <= min(JobRequest.maxInputs, self.configuration.maxInputs) else {
            throw ProcessingError(
                .tooManyInputs,
                "\(request.inputs.count) files are named; a job takes \(JobRequest.maxInputs): name a prefix, or make several"
            )
        }
        if let key = request.idempotencyKey {
            guard (1...Self.maxIdempotencyKeyBytes).contains(key.utf8.count) else {
                throw refuse("an idempotency key has 1 to \(Self.maxIdempotencyKeyBytes) bytes")
            }
        }
        if let timeout = request.timeout, timeout < .seconds(1) { throw refuse("a timeout is 1s or more") }
        if let url = request.callbackURL {
            guard let callback = self.callback else { throw refuse("callback URLs are not taken here") }
            if let objection = callback.objection(url) { throw refuse("callback_url: \(objection)") }
        }
        do {
            _ = try pipeline.values(of: request.parameters)
        } catch {
            throw refuse(error.message)
        }
    }

    /// The files that are known as the job is made, and the last key that was looked at where there are more.
    func firstInputs(of request: JobRequest, _ pipeline: Pipeline) throws -> (files: [JobInput], end: Data?) {
        if let prefix = request.prefix {
            let page = try self.page(of: prefix, pipeline, after: nil)
            guard !page.files.isEmpty || page.end != nil else {
                throw ProcessingError(.invalidJob, "no file of bucket '\(prefix.bucket)' has a key that begins so")
            }
            return page
        }
        var seen: Set<JobFile> = []
        let files = try request.inputs.filter { seen.insert($0).inserted }.map { file in
            // Its size is for the plan alone; a file that is not there is told in the report.
            JobInput(
                bucket: file.bucket,
                key: file.key,
                size: try self.catalog.file(bucket: file.bucket, key: file.key)?.size ?? 0
            )
        }
        return (files, nil)
    }

    /// Some files of a prefix, in the order of their keys.
    ///
    /// - Parameters:
    ///   - prefix: The bucket and what keys begin with.
    ///   - pipeline: Its own results are left out.
    ///   - end: The last key of the page before.
    /// - Returns: The files, and the last key that was looked at; `nil` where there is none behind it.
    /// - Throws: `StoreError`.
    func page(of prefix: JobPrefix, _ pipeline: Pipeline, after end: Data?) throws -> (files: [JobInput], end: Data?) {
        let request = ListRequest(
            bucket: prefix.bucket,
            prefix: prefix.prefix,
            after: end.map { .key(Array($0)) },
            limit: Self.pageSize
        )
        let page = try self.store.list(request)
        let own = self.ownPrefixes(pipeline).filter { !prefix.prefix.utf8.starts(with: $0.utf8) }
        let files = page.files.filter { file in !own.contains { file.key.text.utf8.starts(with: $0.utf8) } }
        let inputs = files.map { JobInput(bucket: $0.bucket, key: $0.key, size: $0.size) }
        return (inputs, page.next == nil ? nil : page.files.last.map { Data($0.key.text.utf8) })
    }

    /// What the keys of files begin with that jobs made or moved.
    private func ownPrefixes(_ pipeline: Pipeline) -> [String] {
        [self.configuration.outputPrefix, self.configuration.quarantinePrefix, pipeline.outputPrefix]
            .compactMap { $0.map { "\($0)/" } }
    }

    /// Finds the files of jobs whose first page was not all, until the task is cancelled.
    func listFiles() async {
        while !Task.isCancelled {
            await self.listing.wait()
            // Of one whose pipeline cannot run the files are found later: others do not wait for it.
            var passed: Int64 = 0
            do {
                while !Task.isCancelled, let job = try self.catalog.unlistedJob(after: passed) {
                    // One that is being ended needs no more files.
                    guard self.running.withLock({ $0[job.number]?.stopReason == nil }) else {
                        passed = job.number
                        continue
                    }
                    guard try await !self.listOn(job) else { continue }
                    passed = job.number
                    self.isListingPutOff.withLock { $0 = true }
                }
            } catch is CancellationError {
                return
            } catch {
                await self.pause(after: error, "files of a job could not be listed")
                self.listing.ring()
            }
        }
    }

    /// Finds the next page of a job's files.
    ///
    /// - Returns: Whether it could; not where the pipeline cannot run now.
    private func listOn(_ job: JobRecord) async throws -> Bool {
        do {
            guard let prefix = try JobOrder(text: job.request).listedPrefix else {
                throw ProcessingError(.invalidJob, "the job names no prefix")
            }
            let pipeline = try self.pipelines.find(job.pipeline)
            let page = try self.page(of: prefix, pipeline, after: job.listedTo)
            guard job.counts.total + Int64(page.files.count) <= Int64(self.configuration.maxInputs) else {
                throw ProcessingError(
                    .tooManyInputs,
                    "more than \(self.configuration.maxInputs) files begin so (processing.max_inputs): make several jobs"
                )
            }
            guard let record = try await self.catalog.add(page.files, toJob: job.number, listedTo: page.end) else {
                return true
            }
            self.running.withLock { $0[job.number] }?.noteListed(record)
        } catch  where (error as? ProcessingError)?.code == .pipelineUnavailable {
            return false
        } catch  where error is ProcessingError || (error as? StoreError)?.code == .bucketNotFound {
            try await self.fail(job, OperationSnapshot.Failure(error))
        }
        self.work.ring()
        self.ends.ring()
        return true
    }
}
