import Foundation
import Logging
import PurserMonitor
import PurserOperations
import PurserStore
import ServiceLifecycle
import Synchronization

extension ServiceMonitor {
    /// Watches until the task is cancelled or the service shuts down; then what was measured is written.
    func run() async throws {
        guard self.operations.performance.isEnabled else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.history.run() }
            group.addTask { try await self.notifier.run() }
            group.addTask { try await self.operations.errors.run() }
            group.addTask {
                await cancelWhenGracefulShutdown { await self.machine.run { await self.note($0) } }
            }
            group.addTask {
                await cancelWhenGracefulShutdown { await self.every(.seconds(1)) { await self.lookAtOperations() } }
            }
            group.addTask {
                await cancelWhenGracefulShutdown {
                    await self.every(self.configuration.alertInterval) { await self.evaluateAlerts() }
                }
            }
            if let interval = self.configuration.export.interval {
                group.addTask {
                    await cancelWhenGracefulShutdown { await self.every(interval) { await self.exportAsScheduled() } }
                }
            }
            try await group.waitForAll()
        }
        await self.alerts.save()
    }

    /// Does something again and again, until the task is cancelled; a round that comes late is not made up for.
    private func every(_ interval: Duration, _ body: () async -> Void) async {
        while !Task.isCancelled {
            do {
                try await self.clock.sleep(for: interval)
            } catch {
                return
            }
            await body()
        }
    }

    /// Looks for operations that take too long, and for a store that went read-only.
    func lookAtOperations() async {
        let operations = self.resources.runningOperations()
        let running = operations.map { operation in
            RunningOperation(
                id: operation.id,
                kind: operation.label,
                elapsed: operation.held,
                bytes: operation.bytesDone,
                stages: operation.stages
            )
        }
        self.operations.watch.look(at: running)
        for crossing in self.operations.watch.takeCrossings() {
            self.alerts.raise(AlertEvent(crossing))
            // Ended or sealed meanwhile: then there is nothing to stop.
            // One file of a job is known to nobody but the resource manager.
            if crossing.cancels { try? operations.first { $0.id == crossing.operation }?.cancel(.timedOut) }
        }
        self.lookAtStore()
    }

    private func lookAtStore() {
        for blob in self.operations.damaged.take() {
            self.alerts.raise(
                AlertEvent(.contentDamaged, subject: blob.hex, message: "the stored bytes of \(blob) are damaged")
            )
        }
        self.clearHealedContents()
        guard let reason = self.store.readOnlyReason else { return }
        let isNew = self.state.withLock { state in
            defer { state.readOnlyReason = reason }
            return state.readOnlyReason != reason
        }
        if isNew { self.alerts.raise(AlertEvent(.storeReadOnly, message: "the store takes no writes: \(reason)")) }
    }

    /// Judges the rules.
    func evaluateAlerts() async {
        await self.alerts.evaluate { self.operations.performance.read($0) }
    }
}
