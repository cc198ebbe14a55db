import Synchronization

extension Operation {
    /// How it comes along: its state now, its changes, and at last its final state; then the sequence ends.
    ///
    /// ```swift
    /// for await update in operation.updates {
    ///     print(update.state, update.progress.fraction, update.estimatedRemaining ?? .zero)
    /// }
    /// ```
    public var updates: OperationUpdates { OperationUpdates(operation: self) }

    /// Notes progress that is no byte.
    func reportChange() {
        self.reports.wrappingAdd(1, ordering: .relaxed)
        self.notifyIfArmed()
    }

    /// Tells the observers, if one waits to be told.
    ///
    /// An observer arms before it looks, and a change is made before this looks: with sequentially consistent
    /// accesses at least one of the two sees the other, so no change is lost.
    func notifyIfArmed() {
        guard self.isArmed.load(ordering: .sequentiallyConsistent),
            self.isArmed.exchange(false, ordering: .sequentiallyConsistent)
        else { return }
        self.notify()
    }

    /// Tells the observers in any case.
    func notify() {
        for signal in self.signals.withLock({ Array($0.values) }) { signal.mark() }
        self.context.hub.mark(self)
    }

    /// Has the next change told.
    func arm() {
        self.isArmed.store(true, ordering: .sequentiallyConsistent)
    }
}
