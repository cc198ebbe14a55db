/// What the manager's lock guards.
struct ResourceState: Sendable {
    /// A request without an answer.
    struct Pending: Sendable {
        let operation: Operation
        let wait: AdmissionWait
    }

    /// What the watchdog knows of an operation that holds a slot.
    struct Watch: Sendable {
        let operation: Operation
        /// The one in whose slot it runs.
        var host: AdmissionTicket?
        /// What it had done when it was last seen to do something.
        var activity: Int64
        var activeAt: Duration
        var cancelledAt: Duration?
    }

    /// An answer to give once the lock is free: who waits for it then runs.
    struct Answer: Sendable {
        let wait: AdmissionWait
        let result: Result<Void, any Error>
    }

    /// What the watchdog found.
    struct Findings: Sendable {
        var overdue: [Operation] = []
        var unheeding: [(ticket: AdmissionTicket, operation: Operation)] = []
    }

    var queue: AdmissionQueue
    var pending: [AdmissionTicket: Pending] = [:]
    private var watches: [AdmissionTicket: Watch] = [:]

    init(queue: AdmissionQueue) {
        self.queue = queue
    }

    var running: [Operation] { self.watches.values.map(\.operation) }

    /// Notes what the queue decided, and returns whom to tell.
    mutating func settle(_ actions: [AdmissionAction], at now: Duration) -> [Answer] {
        actions.compactMap { action in
            switch action {
            case .grant(let ticket):
                guard let pending = self.pending.removeValue(forKey: ticket) else { return nil }
                let operation = pending.operation
                self.watches[ticket] = Watch(operation: operation, activity: operation.activity, activeAt: now)
                return Answer(wait: pending.wait, result: .success(()))
            case .refuse(let ticket, let refusal):
                guard let pending = self.pending.removeValue(forKey: ticket) else { return nil }
                let error = self.error(for: refusal, pending.operation, at: now)
                return Answer(wait: pending.wait, result: .failure(error))
            }
        }
    }

    /// Grants a request within another; `nil` when there is not enough memory.
    mutating func admit(
        _ request: AdmissionRequest,
        _ operation: Operation,
        within host: AdmissionTicket,
        at now: Duration
    ) -> AdmissionTicket? {
        guard let ticket = self.queue.admit(request, within: host, at: now) else { return nil }
        self.watches[ticket] = Watch(operation: operation, host: host, activity: operation.activity, activeAt: now)
        self.noteActivity(of: host, at: now)
        return ticket
    }

    /// What runs within another is the other's progress too.
    private mutating func noteActivity(of ticket: AdmissionTicket?, at now: Duration) {
        var next = ticket
        while let ticket = next {
            self.watches[ticket]?.activeAt = now
            next = self.watches[ticket]?.host
        }
    }

    mutating func noteCancel(of ticket: AdmissionTicket, at now: Duration) {
        self.watches[ticket]?.cancelledAt = now
    }

    mutating func unwatch(_ ticket: AdmissionTicket, at now: Duration) {
        let watch = self.watches.removeValue(forKey: ticket)
        self.noteActivity(of: watch?.host, at: now)
    }

    /// Looks at all that runs.
    ///
    /// Only atomics of the operations are read: their locks are never taken within this one.
    mutating func inspect(timeout: Duration, grace: Duration, at now: Duration) -> Findings {
        for (ticket, watch) in self.watches where watch.operation.activity != watch.activity {
            self.watches[ticket]?.activity = watch.operation.activity
            self.noteActivity(of: ticket, at: now)
        }
        var findings = Findings()
        for (ticket, watch) in self.watches {
            if let cancelledAt = watch.cancelledAt {
                if now - cancelledAt >= grace { findings.unheeding.append((ticket, watch.operation)) }
            } else if now - watch.activeAt >= timeout {
                findings.overdue.append(watch.operation)
            }
        }
        return findings
    }

    private func error(for refusal: AdmissionRefusal, _ operation: Operation, at now: Duration) -> OperationError {
        let later = self.queue.retryAfter(at: now)
        switch refusal {
        case .queueFull:
            return OperationError(.queueFull, "too many operations wait already; try again later", retryAfter: later)
        case .waitExpired:
            return OperationError(.waitExpired, "no slot became free in time; try again later", retryAfter: later)
        case .rateLimited:
            let later = self.queue.retryAfter(client: operation.client, at: now)
            return OperationError(.rateLimited, "this client starts operations too fast", retryAfter: later)
        case .tooLargeForBudget:
            return OperationError(.tooLargeForBudget, "the operation needs more memory than there is for all")
        case .memoryPressure:
            return OperationError(
                .memoryPressure,
                "the service is short of memory and takes only what frees some; try again later",
                retryAfter: later
            )
        case .shuttingDown:
            return OperationError(.shuttingDown, "the service stops and takes no new work", retryAfter: later)
        case .withdrawn:
            return OperationError(.operationCancelled, "the operation was cancelled while it waited")
        }
    }
}
