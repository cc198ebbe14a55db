import Synchronization

/// How one operation comes along: its present state first, then its changes, at last its final state; then it ends.
///
/// At most one element per update interval. A consumer that is slow skips states in between and never holds up the
/// work; the final state is never skipped. Each iterator is an observer of its own; cancelling its task ends it.
public struct OperationUpdates: AsyncSequence, Sendable {
    /// A state of the operation.
    public typealias Element = OperationSnapshot
    /// Nothing fails.
    public typealias Failure = Never

    let operation: Operation

    /// Begins to observe.
    public func makeAsyncIterator() -> Iterator {
        Iterator(observation: Observation(of: self.operation))
    }

    /// One observer.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let observation: Observation
        private var last: Duration?
        private var isOver = false

        fileprivate init(observation: Observation) {
            self.observation = observation
        }

        /// The next state, when there is one to tell and the interval is over; `nil` after the final one.
        public mutating func next() async -> OperationSnapshot? {
            guard !self.isOver else { return nil }
            let operation = self.observation.operation
            let timeline = operation.context.timeline
            if let last {
                await self.observation.signal.wait()
                // The sleep fails only when this task is cancelled, which the next line sees.
                try? await timeline.sleep(last + operation.context.configuration.updateInterval)
                guard !Task.isCancelled else {
                    self.isOver = true
                    return nil
                }
            }
            // First listen, then look: what changes after the look is heard.
            self.observation.signal.clear()
            operation.arm()
            let snapshot = operation.snapshot
            self.last = timeline.elapsed()
            self.isOver = snapshot.state.isFinal
            return snapshot
        }
    }

    /// Keeps the signal registered as long as an iterator lives.
    fileprivate final class Observation: Sendable {
        let operation: Operation
        let signal = UpdateSignal()

        init(of operation: Operation) {
            self.operation = operation
            operation.signals.withLock { $0[ObjectIdentifier(self.signal)] = self.signal }
        }

        deinit {
            _ = self.operation.signals.withLock { $0.removeValue(forKey: ObjectIdentifier(self.signal)) }
        }
    }
}
