import Synchronization

extension Operation {
    /// Begins to run.
    ///
    /// Throws where a cancel came first; the operation then still has to be finished.
    package func start() throws(OperationError) {
        let now = self.context.timeline.elapsed()
        let date = self.context.now()
        try self.progress.withLock { state throws(OperationError) in
            if let reason = state.cancellation.reason { throw reason.error }
            guard state.state == .queued else {
                throw OperationError(.operationEnded, "the operation has already begun")
            }
            state.start(at: now, date: date)
        }
        self.notify()
    }

    /// Ends the operation; the first call counts, later ones change nothing.
    ///
    /// A success counts even where a cancel came too late. An error after a cancel is the cancel's.
    ///
    /// - Parameters:
    ///   - outcome: How it went.
    ///   - isRemembered: `false` for what was refused at once, so that a flood of refusals displaces nothing.
    /// - Returns: The final state, when this call ended the operation.
    @discardableResult
    package func finish(_ outcome: Result<Void, any Error>, isRemembered: Bool = true) -> OperationState? {
        let now = self.context.timeline.elapsed()
        let date = self.context.now()
        let final = self.progress.withLock { state -> OperationState? in
            guard !state.state.isFinal else { return nil }
            let (final, failure) = Self.end(of: outcome, cancelled: state.cancellation.reason)
            state.end(final, failure: failure, bytesDone: self.bytesDone, at: now, date: date)
            state.cancellation.forgetHandlers()
            return final
        }
        guard let final else { return nil }
        self.context.ended(self, isRemembered)
        self.notify()
        return final
    }

    /// What the one who waits for the operation gets: the cancel, where there was one, else the error untouched.
    package func surfaced(_ error: any Error) -> any Error {
        self.cancellationReason?.error ?? error
    }

    /// A number that changes with every sign of progress.
    ///
    /// For the watchdog, which so needs no clock on the hot path.
    var activity: Int64 {
        self.bytesDone &+ self.reports.load(ordering: .relaxed)
    }

    /// Where its place in the queue can be asked for; let go of when it starts or ends.
    func setQueuePosition(_ position: @escaping @Sendable () -> Int?) {
        self.progress.withLock { state in
            if state.state == .queued { state.queuePosition = position }
        }
    }

    /// Measures the rate now.
    func sample() {
        let now = self.context.timeline.elapsed()
        self.progress.withLock { $0.sample(bytesDone: self.bytesDone, at: now) }
    }

    /// Whether it was refused without ever having run, so that its id may be used again.
    var wasRefused: Bool {
        self.progress.withLock { $0.state == .failed && $0.startedAt == nil }
    }

    private static func end(
        of outcome: Result<Void, any Error>,
        cancelled reason: CancellationReason?
    ) -> (OperationState, OperationSnapshot.Failure?) {
        switch outcome {
        case .success:
            return (.succeeded, nil)
        case .failure(let error):
            if let reason { return (reason.finalState, OperationSnapshot.Failure(reason.error)) }
            let state: OperationState = error is CancellationError ? .cancelled : .failed
            return (state, OperationSnapshot.Failure(error))
        }
    }
}
