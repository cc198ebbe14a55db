import PurserIdentifiers
import PurserOperations
import Synchronization

/// How a job comes along: as it stands now, its changes, and at last how it ended; then the sequence ends.
///
/// At most one element per update interval. A consumer that is slow skips states in between; the last one is never
/// skipped, unless the service stops first: then the sequence ends with the job as it stands.
public struct JobUpdates: AsyncSequence, Sendable {
    /// A state of the job.
    public typealias Element = JobDocument
    /// Nothing fails.
    public typealias Failure = Never

    let service: ProcessingService
    let id: String

    /// Begins to observe.
    public func makeAsyncIterator() -> Iterator { Iterator(service: self.service, id: self.id) }

    /// One observer.
    public struct Iterator: AsyncIteratorProtocol {
        private let service: ProcessingService
        private let id: String
        private var operation: OperationUpdates.Iterator?
        private var last: JobDocument?
        /// Whether the service had stopped when that was read.
        private var isOver = false

        fileprivate init(service: ProcessingService, id: String) {
            self.service = service
            self.id = id
        }

        /// The next state, when there is one to tell; `nil` after the final one, and for a job that was forgotten.
        public mutating func next() async -> JobDocument? {
            if let last, last.state.isFinal || self.isOver { return nil }
            while !Task.isCancelled {
                if let last { await self.wait(after: last) }
                self.isOver = self.service.watchers.isOver
                guard let job = try? self.service.job(self.id) else { return nil }  // forgotten, or the store is closed
                guard job != self.last else {
                    // The service has stopped, or the news was none.
                    if !self.isOver, self.service.isRunning(self.id) || job.state == .queued { continue }
                    return nil
                }
                self.last = job
                return job
            }
            return nil
        }

        /// Waits for something to have changed.
        private mutating func wait(after last: JobDocument) async {
            if self.operation == nil, let operation = self.service.operation(ofJob: self.id) {
                self.operation = operation.updates.makeAsyncIterator()
            }
            if self.operation != nil {
                let snapshot = await self.operation?.next()
                if snapshot == nil { self.operation = nil }
                return
            }
            let service = self.service
            let id = self.id
            await service.watchers.wait(for: id) {
                guard let job = try? service.job(id) else { return true }  // as above
                return job != last
            }
        }
    }
}

extension ProcessingService {
    /// How a job comes along.
    ///
    /// - Throws: ``ProcessingError`` `.jobNotFound`; `StoreError`.
    public func updates(of id: String) throws -> JobUpdates {
        _ = try self.record(id)
        return JobUpdates(service: self, id: id)
    }

    /// Ends all sequences of updates with the job as it stands, so that nobody waits for a service that stops.
    ///
    /// Those of a service that has stopped have ended already.
    public func endUpdates() { self.watchers.end() }

    /// The operation of a job that is under way.
    func operation(ofJob id: String) -> PurserOperations.Operation? {
        self.running.withLock { $0.values.first { $0.id == id } }?.operation
    }

    func isRunning(_ id: String) -> Bool { self.operation(ofJob: id) != nil }
}
