import DequeModule

/// How all operations come along: an element for each operation that changed, from the call that made this on.
///
/// Each operation at most once per update interval. A consumer that falls behind gets each changed operation once, as
/// it stands when it is told; beyond the number of operations remembered, the longest pending are left out. Ends at
/// ``ProgressTracker/endUpdates()`` and when the task is cancelled. To be iterated by one consumer.
public struct AllOperationUpdates: AsyncSequence, Sendable {
    /// A state of some operation.
    public typealias Element = OperationSnapshot
    /// Nothing fails.
    public typealias Failure = Never

    private let observation: Observation
    private let timeline: Timeline
    private let interval: Duration

    init(hub: UpdateHub, timeline: Timeline, configuration: ProgressConfiguration) {
        self.observation = Observation(hub: hub, limit: configuration.remembered)
        self.timeline = timeline
        self.interval = configuration.updateInterval
    }

    /// Continues to observe.
    public func makeAsyncIterator() -> Iterator {
        Iterator(observation: self.observation, timeline: self.timeline, interval: self.interval)
    }

    /// The observer's place in the sequence.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let observation: Observation
        fileprivate let timeline: Timeline
        fileprivate let interval: Duration
        private var round: Deque<Operation> = []
        private var last: Duration?

        fileprivate init(observation: Observation, timeline: Timeline, interval: Duration) {
            self.observation = observation
            self.timeline = timeline
            self.interval = interval
        }

        /// The next operation that changed, as it stands now; `nil` at the end.
        public mutating func next() async -> OperationSnapshot? {
            while !Task.isCancelled {
                if let operation = self.round.popFirst() {
                    operation.arm()
                    let snapshot = operation.snapshot
                    self.last = self.timeline.elapsed()
                    return snapshot
                }
                let observer = self.observation.observer
                guard !observer.signal.isEnded else { return nil }
                await observer.signal.wait()
                if let last, !observer.signal.isEnded {
                    // The sleep fails only when this task is cancelled, which the loop sees.
                    try? await self.timeline.sleep(last + self.interval)
                }
                self.round = observer.takeAll()
            }
            return nil
        }
    }

    /// Keeps the observer registered as long as the sequence or an iterator lives.
    fileprivate final class Observation: Sendable {
        let hub: UpdateHub
        let observer: HubObserver

        init(hub: UpdateHub, limit: Int) {
            self.hub = hub
            self.observer = HubObserver(limit: limit)
            hub.add(self.observer)
        }

        deinit { self.hub.remove(self.observer) }
    }
}
