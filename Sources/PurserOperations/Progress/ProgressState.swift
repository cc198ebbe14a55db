import DequeModule
import Foundation
import PurserIdentifiers

/// What changes about an operation while it lives.
///
/// Pure: times are passed in, what is to be done comes back.
struct ProgressState: Sendable {
    private(set) var state = OperationState.queued
    private(set) var startedAt: Date?
    private(set) var endedAt: Date?
    private(set) var failure: OperationSnapshot.Failure?
    private(set) var history: Deque<OperationHistoryEntry> = []
    private(set) var plan = StepPlan()
    var cancellation = CancellationState()
    var bytesTotal: Int64?
    var queuePosition: (@Sendable () -> Int?)?

    private var message: String?
    private var highest = 0.0
    private let historyLimit: Int
    private let bornAt: Duration
    private var ranFrom: Duration?
    private var diedAt: Duration?
    private var rate: RateEstimator

    init(bytesTotal: Int64?, historyLimit: Int, at now: Duration, date: Date) {
        self.bytesTotal = bytesTotal
        self.historyLimit = max(1, historyLimit)
        self.bornAt = now
        self.rate = RateEstimator(at: now, value: 0)
        self.record(at: date)
    }

    mutating func start(at now: Duration, date: Date) {
        self.state = .running
        self.startedAt = date
        self.ranFrom = now
        self.queuePosition = nil
        self.rate = RateEstimator(at: now, value: self.highest)
        self.record(at: date)
    }

    mutating func announce(_ steps: [OperationStep]) {
        self.plan.announce(steps)
    }

    mutating func begin(step: String, bytesDone: Int64, date: Date) {
        guard !self.state.isFinal else { return }
        // What was reached before the step began stays reached.
        self.raise(bytesDone: bytesDone)
        guard self.plan.begin(step, bytesDone: bytesDone) else { return }
        self.raise(bytesDone: bytesDone)
        self.record(at: date)
    }

    mutating func update(
        fraction: Double?,
        message: String?,
        metadata: [String: String],
        bytesDone: Int64,
        date: Date
    ) {
        guard !self.state.isFinal else { return }
        if let fraction, fraction.isFinite { self.plan.report(fraction) }
        self.raise(bytesDone: bytesDone)
        let isNews = message.map { $0 != self.message } ?? false
        if let message { self.message = message }
        if isNews || !metadata.isEmpty { self.record(at: date, metadata: metadata) }
    }

    mutating func end(
        _ state: OperationState,
        failure: OperationSnapshot.Failure?,
        bytesDone: Int64,
        at now: Duration,
        date: Date
    ) {
        self.raise(bytesDone: bytesDone)
        if state == .succeeded { self.highest = 1 }
        self.state = state
        self.failure = failure
        self.endedAt = date
        self.diedAt = now
        self.queuePosition = nil
        self.record(at: date)
    }

    /// Measures how fast it goes.
    mutating func sample(bytesDone: Int64, at now: Duration) {
        guard self.state == .running else { return }
        self.raise(bytesDone: bytesDone)
        self.rate.sample(at: now, value: self.highest)
    }

    /// Keeps only how it ended.
    mutating func forgetHistory() {
        self.history.removeFirst(max(0, self.history.count - 1))
    }

    mutating func progress(bytesDone: Int64) -> OperationSnapshot.Progress {
        self.raise(bytesDone: bytesDone)
        return OperationSnapshot.Progress(
            fraction: self.highest,
            bytesDone: bytesDone,
            bytesTotal: self.bytesTotal,
            step: self.plan.current,
            stepIndex: self.plan.index,
            stepCount: self.plan.steps.isEmpty ? nil : self.plan.steps.count,
            stepFraction: self.plan.stepFraction(bytesDone: bytesDone, bytesTotal: self.bytesTotal),
            message: self.message
        )
    }

    func elapsed(at now: Duration) -> Duration { (self.diedAt ?? now) - self.bornAt }

    /// How long it waited to begin, and how long it has run since.
    func times(at now: Duration) -> (waited: Duration, held: Duration) {
        guard let ranFrom else { return (self.elapsed(at: now), .zero) }
        return (ranFrom - self.bornAt, (self.diedAt ?? now) - ranFrom)
    }

    /// The facts told with its changes, as far as the history reaches; of several under one name the last.
    var metadata: [String: String] {
        self.history.reduce(into: [:]) { facts, entry in
            if !entry.metadata.isEmpty { facts.merge(entry.metadata) { $1 } }
        }
    }

    var estimatedRemaining: Duration? {
        self.state == .running ? self.rate.remaining(from: self.highest) : nil
    }

    /// The fraction never goes back, whatever is announced or reported later.
    private mutating func raise(bytesDone: Int64) {
        guard !self.state.isFinal else { return }
        let present = self.plan.fraction(bytesDone: bytesDone, bytesTotal: self.bytesTotal)
        self.highest = max(self.highest, present)
    }

    private mutating func record(at date: Date, metadata: [String: String] = [:]) {
        if self.history.count >= self.historyLimit { self.history.removeFirst() }
        self.history.append(
            OperationHistoryEntry(
                time: date,
                state: self.state,
                step: self.plan.current,
                message: self.message,
                fraction: self.highest,
                metadata: metadata
            )
        )
    }
}
