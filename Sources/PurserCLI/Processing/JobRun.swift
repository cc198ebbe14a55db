import Foundation

/// Starts a job and, where that is wanted, waits for its end.
struct JobRun: Sendable {
    /// Who runs it.
    let service: any StorageService
    /// Where to show how it comes along.
    let console: Console

    /// Runs a job.
    ///
    /// - Parameters:
    ///   - submission: What to do.
    ///   - waits: Whether to wait for its end where the service goes on without us.
    /// - Throws: An error of any layer; ``FailedTransfers`` where files failed, each of which was told.
    func run(_ submission: JobSubmission, waits: Bool) async throws {
        let begun = try JobSummary.read(try await self.service.startJob(submission))
        guard waits || !self.service.outlivesCommands else {
            if self.console.style.isJSON {
                let document = try await self.service.job(begun.id)
                return try self.console.result(String(decoding: document, as: UTF8.self))
            }
            try self.console.result(begun.id)
            self.console.note(
                "the job has begun; see 'purser jobs show \(begun.id)', or stop it with 'purser jobs cancel \(begun.id)'"
            )
            return
        }
        try await self.follow(begun.id)
        try await self.conclude(begun.id)
    }

    /// Waits for the end of a job; a cancelled task cancels it.
    private func follow(_ id: String) async throws {
        let display = RunDisplay(console: self.console)
        defer { display.end() }
        do {
            try await self.service.followJob(id) { display.show($0.runProgress) }
            try Task.checkCancellation()
        } catch {
            if Task.isCancelled { await self.abandon(id) }
            throw error
        }
    }

    /// Cancels a job for a task that has itself been cancelled, and waits until the service has taken that.
    private func abandon(_ id: String) async {
        let service = self.service
        // A task of its own, since this one is cancelled already; awaited here.
        let asking = Task { try await service.cancelJob(id) }
        // The job may have ended, or the server be gone: then there is nothing to cancel.
        _ = try? await asking.value
    }

    /// Tells how a job ended, and which files have no result.
    private func conclude(_ id: String) async throws {
        let document = try await self.service.job(id)
        let job = try JobSummary.read(document)
        var failed: [BatchReport.Failure] = []
        var outputs = 0
        try await JobReportSummary.pages(of: id, from: self.service) { items in
            for item in items {
                outputs += item.outputs.count
                guard item.isFailed else { continue }
                failed.append(BatchReport.Failure(name: item.key, error: item.failure))
            }
        }
        if self.console.style.isJSON {
            try self.console.result(Self.joined(document, failed))
        } else {
            try self.console.done("\(job.counts); \(outputs) \(outputs == 1 ? "result" : "results")")
        }
        for failure in failed { self.console.failure(failure.error, of: failure.name) }
        guard job.isOver else {
            throw CommandError("the service stopped before job \(id) ended; it goes on at the next start")
        }
        guard failed.isEmpty else { throw FailedTransfers(count: failed.count) }
        switch job.state {
        case "failed":
            throw CommandError("job \(id) failed: \(job.error?.message ?? "no file succeeded")", code: job.error?.code)
        case "cancelled", "timed_out":
            throw CommandError("job \(id) is \(job.state)", code: job.error?.code ?? "job_\(job.state)")
        default: return
        }
    }

    /// The job's document with the files that failed as one more field, and all else as the service wrote it.
    private static func joined(_ document: Data, _ failed: [BatchReport.Failure]) throws -> String {
        let failures = Data(try JSONText.encode(failed).utf8)
        guard var object = try JSONSerialization.jsonObject(with: document) as? [String: Any] else {
            throw CommandError("the server's answer cannot be understood; it may be of another version")
        }
        object["failed"] = try JSONSerialization.jsonObject(with: failures)
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try JSONSerialization.data(withJSONObject: object, options: options), as: UTF8.self)
    }
}
