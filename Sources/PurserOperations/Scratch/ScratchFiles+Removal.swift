import Logging
public import ServiceLifecycle
import Synchronization

extension ScratchFiles: Service {
    /// How often leavings are looked for.
    static let interval: Duration = .seconds(1)

    /// Removes what ended operations left, and tries again what could not be removed, until its task is cancelled or the
    /// service is shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.removeLeavings(isDue: true)
                do {
                    try await self.timeline.sleep(self.timeline.elapsed() + Self.interval)
                } catch {
                    return
                }
            }
        }
    }

    /// Removes all that ended operations left, also what a removal has failed for lately.
    ///
    /// - Returns: What went, and what did not.
    @discardableResult
    public func cleanUp() async -> ScratchCleaning {
        await self.removeLeavings(isDue: false)
    }

    /// Removes all there is, also what operations that run are using: they will fail.
    ///
    /// - Returns: What went, and what did not.
    @discardableResult
    public func forceCleanUp() async -> ScratchCleaning {
        await self.remove(self.registry.withLock { $0.entries.keys.sorted() })
    }

    /// Removes the leavings of ended operations and of ended scopes.
    ///
    /// - Parameter isDue: Only those that are worth another attempt by now.
    /// - Returns: What went, and what did not.
    @discardableResult
    func removeLeavings(isDue: Bool) async -> ScratchCleaning {
        let now = self.timeline.elapsed()
        let entries = self.registry.withLock { $0.entries }
        // An operation's lock is never taken within this one.
        let leavings = entries.filter { _, entry in
            (entry.isLeft || entry.operation.state.isFinal) && (!isDue || entry.retryAt <= now)
        }
        return await self.remove(leavings.keys.sorted())
    }

    private func remove(_ numbers: [UInt64]) async -> ScratchCleaning {
        var cleaning = ScratchCleaning()
        for number in numbers {
            if await self.remove(number) { cleaning.removed += 1 }
            if let failure = self.registry.withLock({ $0.failure(number) }) { cleaning.failures.append(failure) }
        }
        return cleaning
    }

    /// Removes one, checks that it is gone, and gives its place to the next.
    ///
    /// - Returns: Whether this call removed it.
    @discardableResult
    func remove(_ number: UInt64) async -> Bool {
        guard let entry = self.registry.withLock({ $0.beginRemoval(number) }) else { return false }
        let failure = await self.removalFailure(of: entry)
        self.registry.withLock { $0.endRemoval(number, failure: failure, at: self.timeline.elapsed()) }
        if let failure {
            // The first failure is news; the next ones are in the list.
            if entry.attempts == 0 { self.logFailure(of: entry, failure) }
            return false
        }
        self.grantPlaces()
        return true
    }

    /// Removes and checks.
    ///
    /// - Returns: What went wrong; `nil` where it is gone.
    private func removalFailure(of entry: ScratchRegistry.Entry) async -> String? {
        do {
            try await self.disk.remove(entry.path)
            guard try await !self.disk.exists(entry.path) else { return "it is still there after its removal" }
        } catch {
            return "\(error)"
        }
        // Another scope of the operation uses the folder, or is about to: its end removes it.
        guard !self.registry.withLock({ $0.hasOther(entry) }) else { return nil }
        do {
            try await self.disk.removeIfEmpty(self.folder(of: entry.operation))
        } catch {
            // An empty folder; the next start removes it.
            self.logger.debug("scratch folder could not be removed", metadata: ["purser.error": "\(error)"])
        }
        return nil
    }

    private func logFailure(of entry: ScratchRegistry.Entry, _ failure: String) {
        self.logger.warning(
            "scratch file could not be removed",
            metadata: [
                "purser.operation.id": "\(entry.operation.id)", "purser.scratch.scope": "\(entry.scope)",
                "purser.error": "\(failure)",
            ]
        )
    }
}
