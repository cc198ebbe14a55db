import DequeModule
import Foundation
import PurserCatalog
import PurserOperations
import Synchronization

/// A job that is under way, with the few of its files that are held in memory.
final class RunningJob: Sendable {
    let number: Int64
    let id: String
    let pipeline: Pipeline
    let order: JobOrder
    /// The values of the pipeline's parameters.
    let parameters: [String: StepValue]
    let operation: PurserOperations.Operation
    let createdAt: Date
    let startedAt: Date
    /// How many of its files go at the same time, and how many are taken up at once.
    let plan: ProcessingPlan
    private let state: Mutex<JobState>
    /// Whether its files are to be told of one by one, as there is only one.
    private let isSingle: Bool

    init(
        _ record: JobRecord,
        pipeline: Pipeline,
        order: JobOrder,
        parameters: [String: StepValue],
        operation: PurserOperations.Operation,
        startedAt: Date,
        plan: ProcessingPlan
    ) {
        self.number = record.number
        self.id = record.id
        self.pipeline = pipeline
        self.order = order
        self.parameters = parameters
        self.operation = operation
        self.createdAt = record.createdAt
        self.startedAt = startedAt
        self.plan = plan
        self.state = Mutex(JobState(record))
        self.isSingle = record.isListed && record.counts.total == 1
        if self.isSingle, order.tellsProgress, pipeline.isSequence {
            operation.setSteps(pipeline.ordinarySteps.map { OperationStep($0.name, weight: $0.weight) })
        }
    }

    /// When it is to end at the latest.
    var deadline: Date? { self.order.timeout.map { self.startedAt + $0 } }

    /// What the one who hands out work has to know of it.
    func candidate(allowsSuspect: Bool) -> JobChoice.Candidate? {
        self.state.withLock { state in
            guard state.canBegin(plan: self.plan, allowsSuspect: allowsSuspect) else { return nil }
            return JobChoice.Candidate(
                number: self.number,
                client: self.operation.client,
                priority: self.operation.priority,
                createdAt: self.createdAt,
                lastBegin: state.lastBegin,
                inFlight: state.inFlight.count
            )
        }
    }

    /// Adds what it has to what its client has.
    func add(to shares: inout [String: JobChoice.Share]) {
        let (inFlight, lastBegin) = self.state.withLock { ($0.inFlight.count, $0.lastBegin?.number ?? 0) }
        var share = shares[self.operation.client] ?? JobChoice.Share()
        share.jobs += 1
        share.inFlight += inFlight
        share.lastBegin = max(share.lastBegin, lastBegin)
        shares[self.operation.client] = share
    }

    /// The next file that was taken up; one that was cut off twice only where that is allowed.
    func next(allowsSuspect: Bool, as begin: JobChoice.Begin) -> JobItemRecord? {
        self.state.withLock { $0.next(allowsSuspect: allowsSuspect, as: begin) }
    }

    /// Whether rows have to be read for the next file.
    var wantsItems: Bool { self.state.withLock { $0.waiting.isEmpty && ($0.mayHaveMore || $0.hasHeldBack) } }

    /// Says that rows are being read.
    func beginReading() {
        self.state.withLock { state in
            // Files that are found while rows are read set it again.
            state.mayHaveMore = false
            state.hasHeldBack = false
            state.isReading = true
        }
    }

    /// Takes files up; where there were any, there may be more.
    ///
    /// - Parameters:
    ///   - items: The files.
    ///   - hasHeldBack: Whether all that wait have to wait until one under way has ended.
    func add(_ items: [JobItemRecord], hasHeldBack: Bool) {
        self.state.withLock { state in
            state.isReading = false
            state.waiting.append(contentsOf: items)
            if !items.isEmpty { state.mayHaveMore = true }
            state.hasHeldBack = hasHeldBack
        }
    }

    /// Says that rows could not be read, and are to be read again.
    func failReading() {
        self.state.withLock { state in
            state.isReading = false
            state.mayHaveMore = true
        }
    }

    /// Whether a file is under way that may be what ended the process before.
    var hasSuspect: Bool { self.state.withLock { $0.hasSuspect } }

    /// Says that files were found since.
    func noteListed(_ record: JobRecord) { self.state.withLock { $0.noteListed(record) } }

    /// Says that a file is begun, and how to stop it.
    func begin(_ item: Int64, cancel: @escaping @Sendable () -> Void) {
        let isStopped = self.state.withLock { state in
            state.cancels[item] = cancel
            return state.stop != nil
        }
        if isStopped { cancel() }
    }

    /// Says that a file is done, or is left as it is.
    func end(_ item: JobItemRecord, _ end: JobItemEnd?) {
        self.state.withLock { $0.end(item, end) }
        self.tell(item.number, nil)
    }

    /// Stops all that is under way; the first reason counts.
    func stop(_ reason: JobStop) {
        let cancels = self.state.withLock { state -> [@Sendable () -> Void] in
            guard state.stop == nil else { return [] }
            state.stop = reason
            return Array(state.cancels.values)
        }
        for cancel in cancels { cancel() }
    }

    /// Why it is to end early.
    var stopReason: JobStop? { self.state.withLock { $0.stop } }

    /// Takes what is done and not written down, some at a time.
    func takeEnds() -> [JobItemEnd] { self.state.withLock { $0.takeEnds(batch: self.plan.batch) } }

    /// Says that what was taken is written down.
    func noteWritten(_ ends: [JobItemEnd]) { self.state.withLock { $0.writing -= ends.count } }

    /// Gives back what could not be written down.
    func putBack(_ ends: [JobItemEnd]) { self.state.withLock { $0.putBack(ends) } }

    /// Takes the right to end it where nothing is left to do.
    func takeFinish() -> Bool { self.state.withLock { $0.takeFinish() } }

    /// Says that it could not be ended.
    func returnFinish() { self.state.withLock { $0.isFinishing = false } }

    /// Files that were taken up and are not done.
    var unfinished: [Int64] { self.state.withLock { $0.unfinished } }

    /// Tells how far a file is.
    func tell(_ item: Int64, _ progress: FileProgress?) {
        guard self.order.tellsProgress else { return }
        if self.isSingle {
            guard let progress else { return }
            return self.tellSingle(progress)
        }
        let (fraction, message) = self.state.withLock { state -> (Double?, String?) in
            if let progress { state.inFlight[item]? = progress.fraction }
            return (state.fraction, progress == nil ? state.message : nil)
        }
        self.operation.update(fraction: fraction, message: message)
    }

    private func tellSingle(_ progress: FileProgress) {
        self.operation.begin(progress.step)
        let fraction = self.pipeline.isSequence ? progress.stepFraction : progress.fraction
        self.operation.update(fraction: fraction, message: progress.message)
    }
}

/// Why a job ends early.
enum JobStop: Sendable, Equatable {
    /// Somebody wants that, or its time is over.
    case cancelled(CancellationReason)
    /// A file of it failed in a way that ends the whole job, or its files cannot be listed.
    case failed(OperationSnapshot.Failure)
}

extension Pipeline {
    /// Whether its steps go one after another, so that the ones before a step are done when it begins.
    var isSequence: Bool {
        let steps = self.ordinarySteps
        return zip(steps, steps.dropFirst()).allSatisfy { $1.needs.contains($0.name) }
    }
}
