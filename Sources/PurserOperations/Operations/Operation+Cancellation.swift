import Synchronization

extension Operation {
    /// Asks the operation to stop.
    ///
    /// What runs it is told at once, and decides how fast it stops.
    ///
    /// Asking again changes nothing; the first reason stays.
    ///
    /// - Throws: ``OperationError`` `.operationEnded` when it has ended, or is past ``seal()``.
    public func cancel(_ reason: CancellationReason = .requested) throws(OperationError) {
        let handlers = try self.progress.withLock { state throws(OperationError) in
            guard !state.state.isFinal else {
                throw OperationError(.operationEnded, "the operation has already ended")
            }
            let handlers = try state.cancellation.ask(reason)
            self.isCancelAsked.store(true, ordering: .releasing)
            return handlers
        }
        for handler in handlers { handler(reason) }
    }

    /// Whether somebody asked the operation to stop, and why.
    public var cancellationReason: CancellationReason? {
        guard self.isCancelAsked.load(ordering: .acquiring) else { return nil }
        return self.progress.withLock { $0.cancellation.reason }
    }

    /// Ends the work where it stands when somebody asked for that.
    ///
    /// Costs one load otherwise.
    ///
    /// - Throws: ``OperationError`` `.operationCancelled` or `.operationTimedOut`.
    public func checkCancellation() throws(OperationError) {
        if let reason = self.cancellationReason { throw reason.error }
    }

    /// Passes the point of no return: what comes next is the commit, and a cancel would lie about it.
    ///
    /// From here on ``cancel(_:)`` throws `.operationEnded`. Sealing again changes nothing.
    ///
    /// - Throws: ``OperationError`` `.operationCancelled` or `.operationTimedOut` when a cancel came first.
    public func seal() throws(OperationError) {
        try self.progress.withLock { state throws(OperationError) in
            if state.state.isFinal, state.cancellation.reason == nil {
                throw OperationError(.operationEnded, "the operation has already ended")
            }
            try state.cancellation.seal()
        }
    }

    /// Makes the operation one that can be cancelled again, where what it was sealed for could not be done.
    package func unseal() {
        self.progress.withLock { $0.cancellation.unseal() }
    }

    /// Has a handler called when the operation is asked to stop; at once when that has happened.
    ///
    /// Called at most once, on the thread of the one who asks and outside of all locks; it must not block. It is
    /// let go of when the operation ends.
    public func onCancel(_ handler: @escaping @Sendable (CancellationReason) -> Void) {
        let reason = self.progress.withLock { state -> CancellationReason? in
            // After the end nobody can ask any more.
            if state.state.isFinal, state.cancellation.reason == nil { return nil }
            return state.cancellation.add(handler)
        }
        if let reason { handler(reason) }
    }
}
