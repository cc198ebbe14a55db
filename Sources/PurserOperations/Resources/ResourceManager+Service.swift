public import ServiceLifecycle
import Synchronization

extension ResourceManager: Service {
    /// How often waits and running operations are looked at.
    static let tickInterval: Duration = .milliseconds(100)
    /// How many ticks there are between two looks at rates and at the disk.
    static let ticksPerPeriod = 10

    /// Keeps the times: ends waits, raises waiters, cancels what makes no progress, follows the disk.
    ///
    /// Returns when its task is cancelled; on a graceful shutdown it refuses new work at once, and returns when nothing
    /// runs any more.
    public func run() async throws {
        var ticks = 0
        var next = self.timeline.elapsed()
        while !Task.isCancelled {
            if Task.isShuttingDownGracefully {
                self.shutdown()
                guard self.state.withLock({ $0.queue.active }) > 0 else { return }
            }
            next = max(next + Self.tickInterval, self.timeline.elapsed())
            do {
                try await self.timeline.sleep(next)
            } catch is CancellationError {
                return
            }
            self.tick()
            ticks += 1
            if ticks % Self.ticksPerPeriod == 0 { self.measure() }
        }
    }

    /// Does what is due now.
    func tick() {
        let now = self.timeline.elapsed()
        self.decide { $0.queue.tick(at: now) }
        let findings = self.state.withLock {
            $0.inspect(timeout: self.configuration.operationTimeout, grace: Self.cancellationGrace, at: now)
        }
        for operation in findings.overdue {
            // Sealed: it is being committed, and a cancel would lie about it. Ended meanwhile: all the better.
            try? operation.cancel(.timedOut)
        }
        for (ticket, operation) in findings.unheeding { self.abandon(ticket, operation) }
    }

    /// Measures the rates of what runs, and moves the limit where it follows the disk.
    func measure() {
        for operation in self.state.withLock({ $0.running }) { operation.sample() }
        guard self.configuration.adaptive.isEnabled else { return }
        let now = self.timeline.elapsed()
        let active = self.state.withLock { $0.queue.active }
        let limit = self.adaptive.withLock { $0.update(active: active) }
        self.decide { state in
            state.queue.limit == limit ? [] : state.queue.setLimit(limit, at: now)
        }
    }

    /// Changes how much is granted from now on, as the memory of the process allows.
    ///
    /// What runs goes on; what waits stays in the queue until it may run or its wait is over.
    public func setPressure(_ pressure: AdmissionPressure) {
        let now = self.timeline.elapsed()
        self.decide { $0.queue.setPressure(pressure, at: now) }
    }

    /// Tells how long the disk took for one piece of work; only where the number of slots follows the disk.
    ///
    /// - Parameter latency: The disk's stage alone, never the client's.
    public func recordDiskLatency(_ latency: Duration) {
        guard self.configuration.adaptive.isEnabled else { return }
        self.adaptive.withLock { $0.record(latency) }
    }

    /// Refuses all that waits and all that comes, with `shutting_down`.
    ///
    /// What runs goes on; see ``cancelAll(_:)``.
    public func shutdown() {
        self.decide { $0.queue.close() }
    }

    /// Asks all that waits and runs to stop; what is sealed goes on to its end.
    public func cancelAll(_ reason: CancellationReason = .shutdown) {
        let operations = self.state.withLock { state in
            state.pending.values.map(\.operation) + state.running
        }
        for operation in operations {
            // Ended or sealed: then there is nothing to stop.
            try? operation.cancel(reason)
        }
    }

    /// What is in use now, and what came of all requests since the start.
    public func metrics() -> ResourceMetrics {
        let now = self.timeline.elapsed()
        let diskReserved = self.disk.outstanding
        // A copy, since percentiles take longer than anybody should wait for the lock.
        let queue = self.state.withLock { $0.queue }
        return queue.metrics(diskReserved: diskReserved, at: now)
    }
}
