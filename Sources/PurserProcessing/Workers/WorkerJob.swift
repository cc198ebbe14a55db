import Synchronization

/// One file that waits for a worker, or is with one.
final class WorkerJob: Sendable {
    private struct State {
        var continuation: CheckedContinuation<[String: StepValue], any Error>?
        var group: ProcessGroup?
        var isCancelled = false
        var isFinished = false
    }

    let request: WorkerRequest
    let limits: StepLimits
    let progress: @Sendable (Double, String?) -> Void
    /// Where what it takes is added up.
    let usage = StepUsage.current
    /// What is reserved for the file, which the worker's memory counts for while it has it.
    let account = MemoryAccount.current
    private let state = Mutex(State())

    init(
        _ request: WorkerRequest,
        limits: StepLimits,
        progress: @escaping @Sendable (Double, String?) -> Void
    ) {
        self.request = request
        self.limits = limits
        self.progress = progress
    }

    /// Has somebody wait for the end; at once where it was cancelled already.
    func wait(_ continuation: CheckedContinuation<[String: StepValue], any Error>) {
        let isCancelled = self.state.withLock { state in
            if !state.isCancelled { state.continuation = continuation }
            return state.isCancelled
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
    }

    /// Ends it: who waits is told at once where it is with no worker, else when the worker is gone.
    func cancel() {
        let continuation = self.state.withLock { state in
            state.isCancelled = true
            if let group = state.group {
                group.stop(.dismissed)
                return nil as CheckedContinuation<[String: StepValue], any Error>?
            }
            state.isFinished = true
            return state.continuation.take()
        }
        continuation?.resume(throwing: CancellationError())
    }

    /// Gives it to a worker.
    ///
    /// - Returns: `false` where nobody waits for it any longer.
    func begin(with group: ProcessGroup) -> Bool {
        self.state.withLock { state in
            guard !state.isCancelled, !state.isFinished else { return false }
            state.group = group
            return true
        }
    }

    /// Takes it from its worker, which a cancelling does not end from then on.
    ///
    /// - Returns: `false` where it was cancelled before.
    func leave() -> Bool {
        self.state.withLock { state in
            state.group = nil
            return !state.isCancelled
        }
    }

    /// Tells how it ended; only the first time counts.
    func finish(_ result: Result<[String: StepValue], any Error>) {
        let continuation = self.state.withLock { state in
            state.isFinished = true
            return state.continuation.take()
        }
        continuation?.resume(with: result)
    }
}
