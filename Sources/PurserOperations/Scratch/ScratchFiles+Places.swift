import Synchronization

extension ScratchFiles {
    /// Takes a place: a free one, one that leavings had, or the next that becomes free.
    ///
    /// - Throws: ``OperationError`` `.tempFilesExhausted`; `CancellationError`.
    func awaitPlace(_ limit: Duration) async throws {
        try Task.checkCancellation()
        if self.registry.withLock({ $0.takePlace() }) { return }
        await self.removeLeavings(isDue: false)
        if self.registry.withLock({ $0.takePlace() }) { return }
        guard limit > .zero else {
            self.registry.withLock { $0.countRefusal() }
            throw self.exhausted
        }
        let wait = AdmissionWait()
        let number = self.registry.withLock { $0.makeNumber() }
        let mustWait = self.registry.withLock { $0.append(ScratchRegistry.Waiter(number: number, wait: wait)) }
        guard mustWait else { return }
        do {
            try await self.wait(wait, until: self.timeline.elapsed() + limit)
        } catch {
            self.registry.withLock { $0.withdraw(number) }
            throw error
        }
    }

    /// Tells those who wait longest of the places that are free.
    func grantPlaces() {
        while true {
            let waiters = self.registry.withLock { $0.promise() }
            guard !waiters.isEmpty else { return }
            for waiter in waiters where !waiter.wait.answer(.success(())) {
                // It was cancelled, or its time was over, at the same moment: the place goes to the next.
                self.registry.withLock { $0.returnPlace() }
            }
        }
    }

    private func wait(_ wait: AdmissionWait, until end: Duration) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await self.timeline.sleep(end)
                } catch {
                    return  // the wait is over, one way or the other
                }
                wait.answer(.failure(self.exhausted))
            }
            defer { group.cancelAll() }
            try await withTaskCancellationHandler {
                try await wait.value()
            } onCancel: {
                wait.answer(.failure(CancellationError()))
            }
        }
    }

    private var exhausted: OperationError {
        OperationError(
            .tempFilesExhausted,
            "there are \(self.configuration.limit) scratch files already, as many as may be "
                + "(resources.temp_files.limit); try again later",
            retryAfter: .seconds(10)
        )
    }
}
