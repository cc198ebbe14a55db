import Foundation
import Logging
import PurserCatalog
import PurserOperations

extension ProcessingService {
    /// How often the end of a job is told to its URL, until it is taken.
    static let callbackAttempts = 3
    /// Jobs whose end is told at the same time.
    static let parallelCallbacks = 4
    /// The pause after a time that failed; twice as long after the next.
    static let callbackPause = Duration.seconds(2)

    /// Tells the ends of jobs to their URLs, until the task is cancelled.
    ///
    /// What was not told goes on at the next start with the times that are left, so that a URL may hear of a job more than
    /// once, and never more often than it was to.
    func tellEnds() async {
        guard let callback = self.callback else { return }
        while !Task.isCancelled {
            await self.telling.wait()
            do {
                while !Task.isCancelled {
                    let jobs = try self.catalog.jobsToTell(limit: Self.parallelCallbacks)
                    guard !jobs.isEmpty else { break }
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for job in jobs { group.addTask { try await self.tell(job, by: callback) } }
                        try await group.waitForAll()
                    }
                }
            } catch {
                guard !Task.isCancelled else { return }
                await self.pause(after: error, "the end of a job could not be told")
                self.telling.ring()
            }
        }
    }

    private func tell(_ record: JobRecord, by callback: JobCallback) async throws {
        guard let url = try JobOrder(text: record.request).callbackURL else {
            return try await self.catalog.endCallbacks(ofJob: record.number)
        }
        var message = "it was not tried"
        // Before it is told: a crash must not make it more.
        while let left = try await self.catalog.useCallback(ofJob: record.number) {
            do {
                try await callback.post(url, JobDocument(record))
                return try await self.catalog.endCallbacks(ofJob: record.number)
            } catch {
                try Task.checkCancellation()
                message =
                    (error as? any OperationFailure)?.failureMessage ?? (error as? StepFailure)?.message ?? "\(error)"
                // Refused for good: it will not be otherwise the next time.
                if let failure = error as? StepFailure, !failure.isTransient { break }
            }
            guard left > 0 else { break }
            let pause = Self.callbackPause * (1 << max(0, Self.callbackAttempts - 1 - left))
            try await self.timeline.sleep(self.timeline.elapsed() + pause)
        }
        self.onEvent(.callbackFailed(job: record.id, message: message))
        self.logger.warning(
            "the end of a job was not taken by its URL",
            metadata: ["purser.operation.id": "\(record.id)", "purser.error": "\(message)"]
        )
        try await self.catalog.endCallbacks(ofJob: record.number)
    }
}
