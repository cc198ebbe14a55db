/// What the queue counted since it was made.
struct AdmissionFigures: Sendable {
    private(set) var kinds = [KindFigures](repeating: KindFigures(), count: OperationKind.allCases.count)
    private(set) var activeHighWater = 0
    private(set) var queuedHighWater = 0
    private(set) var memoryHighWater = 0

    struct KindFigures: Sendable {
        var counts = AdmissionCounts()
        var wait = DurationHistogram()
        var hold = DurationHistogram()
    }

    mutating func countGrant(_ kind: OperationKind, waited: Duration) {
        self.kinds[kind.index].counts.granted += 1
        self.kinds[kind.index].wait.record(waited)
    }

    /// Leaving the queue is no refusal: it is counted where the operation ends.
    mutating func countRefusal(_ refusal: AdmissionRefusal, _ kind: OperationKind) {
        guard refusal != .withdrawn else { return }
        self.kinds[kind.index].counts.refused += 1
        if refusal == .waitExpired { self.kinds[kind.index].counts.waitExpired += 1 }
    }

    mutating func countHeld(_ kind: OperationKind, for duration: Duration) {
        self.kinds[kind.index].hold.record(duration)
    }

    mutating func countAbandoned(_ kind: OperationKind) {
        self.kinds[kind.index].counts.abandoned += 1
    }

    mutating func countEnd(_ kind: OperationKind, _ state: OperationState) {
        switch state {
        case .cancelled: self.kinds[kind.index].counts.cancelled += 1
        case .timedOut: self.kinds[kind.index].counts.timedOut += 1
        case .queued, .running, .succeeded, .failed: break
        }
    }

    mutating func noteHighWater(active: Int, queued: Int, memory: Int) {
        self.activeHighWater = max(self.activeHighWater, active)
        self.queuedHighWater = max(self.queuedHighWater, queued)
        self.memoryHighWater = max(self.memoryHighWater, memory)
    }
}
