public import PurserProcessing

/// How a job comes along, and at last its report; then the sequence ends.
///
/// At most one state per update interval. A consumer that is slow skips states in between, never the report. Cancelling
/// the task that iterates ends the sequence; the job goes on, and so it does where the service stops first: then there is
/// no report either. See ``FileStorageManager/cancelProcessing(_:)``.
public struct ProcessingUpdates: AsyncSequence, Sendable {
    /// What is told of a job.
    public enum Element: Sendable {
        /// The job as it stands; the first one tells its id.
        case progress(JobDocument)
        /// What it did, with up to 1,000 of its files, the first; ``FileStorageManager/processingReport(_:after:limit:)`` has more.
        case report(JobReport)
    }

    /// The job.
    public let id: String
    let service: ProcessingService
    let updates: JobUpdates

    /// Begins to observe.
    public func makeAsyncIterator() -> Iterator {
        Iterator(id: self.id, service: self.service, updates: self.updates.makeAsyncIterator())
    }

    /// One observer.
    public struct Iterator: AsyncIteratorProtocol {
        private let id: String
        private let service: ProcessingService
        private var updates: JobUpdates.Iterator?
        private var isFinal = false

        fileprivate init(id: String, service: ProcessingService, updates: JobUpdates.Iterator) {
            self.id = id
            self.service = service
            self.updates = updates
        }

        /// The next state, at last the report, then `nil`.
        ///
        /// - Throws: `ProcessingError` `.jobNotFound` where it was forgotten meanwhile; `StoreError`.
        public mutating func next() async throws -> Element? {
            guard self.updates != nil else { return nil }
            if let job = await self.updates?.next() {
                self.isFinal = job.state.isFinal
                return .progress(job)
            }
            self.updates = nil
            return self.isFinal ? .report(try self.service.report(self.id, limit: 1_000)) : nil
        }
    }
}
