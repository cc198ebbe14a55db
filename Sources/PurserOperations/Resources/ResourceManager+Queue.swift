import Logging
import Synchronization

/// Each step decides under the lock and acts after it: waking a waiter runs its code.
extension ResourceManager {
    /// Puts a request to the queue.
    ///
    /// Tells whether it was refused at once, without having waited.
    func enter(
        _ request: AdmissionRequest,
        _ operation: Operation,
        _ wait: AdmissionWait
    ) -> (ticket: AdmissionTicket, isRefusedAtOnce: Bool) {
        let now = self.timeline.elapsed()
        let (ticket, isRefused, answers) = self.state.withLock { state in
            let (ticket, actions) = state.queue.request(request, at: now)
            state.pending[ticket] = ResourceState.Pending(operation: operation, wait: wait)
            let isRefused = actions.contains { action in
                if case .refuse(ticket, _) = action { true } else { false }
            }
            return (ticket, isRefused, state.settle(actions, at: now))
        }
        self.give(answers)
        return (ticket, isRefused)
    }

    /// Grants a request in the slot of the operation within which it is asked for; it does not wait.
    ///
    /// - Returns: `nil` where that operation runs no more.
    /// - Throws: ``OperationError`` `.memoryUnavailable`, `.tooLargeForBudget`.
    func enter(
        _ request: AdmissionRequest,
        _ operation: Operation,
        within host: AdmissionTicket
    ) throws(OperationError) -> AdmissionTicket? {
        let now = self.timeline.elapsed()
        let (isHosted, ticket, retryAfter) = self.state.withLock { state in
            guard state.queue.isRunning(host) else { return (false, AdmissionTicket?.none, Duration.zero) }
            let ticket = state.admit(request, operation, within: host, at: now)
            return (true, ticket, state.queue.retryAfter(at: now))
        }
        guard isHosted, ticket == nil else { return ticket }
        throw self.noMemory(for: request.memory, retryAfter: retryAfter)
    }

    /// An operation was cancelled: it leaves the queue at once, or has its grace to end.
    func cancelled(_ ticket: AdmissionTicket) {
        let now = self.timeline.elapsed()
        self.decide { state in
            state.noteCancel(of: ticket, at: now)
            return state.queue.withdraw(ticket, at: now)
        }
    }

    /// Gives back everything that a slot held.
    func release(_ ticket: AdmissionTicket) {
        let now = self.timeline.elapsed()
        self.decide { state in
            state.unwatch(ticket, at: now)
            return state.queue.release(ticket, at: now)
        }
    }

    /// Takes the slot from an operation that goes on after its cancel; its memory stays reserved until it ends.
    func abandon(_ ticket: AdmissionTicket, _ operation: Operation) {
        let now = self.timeline.elapsed()
        let reason = operation.cancellationReason ?? .requested
        self.end(operation, .failure(reason.error))
        self.decide { state in
            state.unwatch(ticket, at: now)
            return state.queue.abandon(ticket, at: now)
        }
        self.logger.warning(
            "operation goes on after its cancel, its slot is taken back",
            metadata: [
                "purser.operation.id": "\(operation.id)",
                "purser.operation.kind": "\(operation.kind.rawValue)",
                "purser.operation.reason": "\(reason.rawValue)",
            ]
        )
    }

    /// Reserves more memory for a slot, or says why not.
    func grow(_ ticket: AdmissionTicket, by bytes: Int) throws(OperationError) {
        let now = self.timeline.elapsed()
        let retryAfter = self.state.withLock { state -> Duration? in
            state.queue.grow(ticket, by: bytes) ? nil : state.queue.retryAfter(at: now)
        }
        if let retryAfter { throw self.noMemory(for: bytes, retryAfter: retryAfter) }
    }

    private func noMemory(for bytes: Int, retryAfter: Duration) -> OperationError {
        guard bytes <= self.configuration.memoryBudget else {
            return OperationError(.tooLargeForBudget, "the operation needs more memory than there is for all")
        }
        return OperationError(
            .memoryUnavailable,
            "there is not enough memory for the operation to go on; try again later",
            retryAfter: retryAfter
        )
    }

    /// Ends an operation and counts how.
    ///
    /// Later calls change nothing.
    func end(_ operation: Operation, _ outcome: Result<Void, any Error>, isRemembered: Bool = true) {
        guard let final = operation.finish(outcome, isRemembered: isRemembered) else { return }
        self.state.withLock { $0.queue.countEnd(operation.kind, final) }
    }

    /// Has the queue decide something, and tells those whom it concerns.
    func decide(_ decision: (inout ResourceState) -> [AdmissionAction]) {
        let now = self.timeline.elapsed()
        let answers = self.state.withLock { state in
            let actions = decision(&state)
            return state.settle(actions, at: now)
        }
        self.give(answers)
    }

    private func give(_ answers: [ResourceState.Answer]) {
        for answer in answers { answer.wait.answer(answer.result) }
    }
}
