import DequeModule
import Synchronization

/// Files that wait for workers, and workers that wait for files.
final class WorkerQueue: Sendable {
    /// More files than this do not wait.
    static let maxWaiting = 1000

    private struct Taker {
        var number: Int
        /// Whether its process runs.
        var isWarm: Bool
        var continuation: CheckedContinuation<WorkerJob?, Never>
    }

    private struct State {
        var jobs: Deque<WorkerJob> = []
        var takers: [Taker] = []
        var cancelled: Set<Int> = []
        var nextNumber = 0
    }

    private let state = Mutex(State())

    /// Files that wait.
    var count: Int { self.state.withLock { $0.jobs.count } }

    /// Gives a file to a worker that waits, one that runs before one that has to start, or has it wait.
    ///
    /// - Returns: `false` where too many wait.
    func add(_ job: WorkerJob) -> Bool {
        enum Outcome { case given(Taker), waits, full }
        let outcome = self.state.withLock { state -> Outcome in
            if let index = state.takers.firstIndex(where: \.isWarm) ?? state.takers.indices.first {
                return .given(state.takers.remove(at: index))
            }
            guard state.jobs.count < Self.maxWaiting else { return .full }
            state.jobs.append(job)
            return .waits
        }
        switch outcome {
        case .given(let taker): taker.continuation.resume(returning: job)
        case .waits: break
        case .full: return false
        }
        return true
    }

    /// Forgets a file.
    func remove(_ job: WorkerJob) {
        self.state.withLock { $0.jobs.removeAll { $0 === job } }
    }

    /// Takes all that wait.
    func removeAll() -> [WorkerJob] {
        self.state.withLock { state in
            defer { state.jobs.removeAll() }
            return Array(state.jobs)
        }
    }

    /// Waits for a file.
    ///
    /// - Parameter isWarm: Whether the worker's process runs.
    /// - Returns: The file; `nil` where the task was cancelled.
    func take(isWarm: Bool) async -> WorkerJob? {
        let number = self.state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.register(Taker(number: number, isWarm: isWarm, continuation: continuation))
            }
        } onCancel: {
            let taker = self.state.withLock { state -> Taker? in
                guard let index = state.takers.firstIndex(where: { $0.number == number }) else {
                    state.cancelled.insert(number)
                    return nil
                }
                return state.takers.remove(at: index)
            }
            taker?.continuation.resume(returning: nil)
        }
    }

    private func register(_ taker: Taker) {
        enum Outcome { case job(WorkerJob), cancelled, waits }
        let outcome = self.state.withLock { state -> Outcome in
            if state.cancelled.remove(taker.number) != nil { return .cancelled }
            if let job = state.jobs.popFirst() { return .job(job) }
            state.takers.append(taker)
            return .waits
        }
        switch outcome {
        case .job(let job): taker.continuation.resume(returning: job)
        case .cancelled: taker.continuation.resume(returning: nil)
        case .waits: break
        }
    }
}
