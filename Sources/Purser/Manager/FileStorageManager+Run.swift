import Foundation
import Logging
import PurserIdentifiers
import PurserOperations
import PurserStore
public import ServiceLifecycle

extension FileStorageManager: Service {
    /// Runs the resource manager's clock, the collector, the monitor, the optimizer and jobs until the task is cancelled or
    /// the service is shut down.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Told to stop, it goes on for as long as a piece of a run holds a slot.
            group.addTask { try await self.resources.run() }
            group.addTask { try await self.optimizer.run() }
            if self.configuration.processing.isEnabled { group.addTask { try await self.runProcessing() } }
            group.addTask { await self.collectPeriodically() }
            group.addTask { try await self.monitor.run() }
            group.addTask { try await self.monitor.scratch.run() }
            try await group.waitForAll()
        }
    }

    /// Runs jobs, and all that their pipelines need beside them, which goes last.
    private func runProcessing() async throws {
        let host = self.pipelineHost
        await host.endLeftovers()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await host.run() }
            try await self.processing.run()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func collectPeriodically() async {
        await cancelWhenGracefulShutdown {
            if self.store.wasUnclean {
                await self.background("sweep after an unclean stop") { try await self.sweep() }
            }
            while !Task.isCancelled {
                await self.background("collection") {
                    try self.store.retakeReserve()
                    try await self.collect()
                }
                do {
                    try await Task.sleep(for: self.configuration.storage.collectInterval)
                } catch {
                    return
                }
            }
        }
    }

    /// Runs work nobody waits for: a failure is logged, and the next round tries again.
    private func background(_ name: String, _ work: () async throws -> Void) async {
        do {
            try await work()
        } catch is CancellationError {
            return
        } catch let error as OperationError where [.shuttingDown, .operationCancelled].contains(error.code) {
            return
        } catch {
            self.logger.error(
                "background work failed",
                metadata: ["purser.work": "\(name)", "purser.error": "\(error)"]
            )
        }
    }

    /// Removes bytes that no name has held for the grace time; an operation of its own where there is something to do.
    ///
    /// ```swift
    /// print("freed \(try await manager.collect().bytes) bytes")
    /// ```
    ///
    /// ``FileStorageManager/run()`` does it again and again.
    ///
    /// - Returns: What went.
    /// - Throws: `OperationError`, `StoreError`.
    @discardableResult
    public func collect() async throws -> CollectionReport {
        guard self.store.readOnlyReason == nil, try self.store.hasCollectable() else { return CollectionReport() }
        return try await self.resources.withSlot(
            for: .collect,
            bytes: nil,
            memory: Memory.small,
            name: "collection",
            priority: .background
        ) { slot in
            try await self.store.collect { _, bytes in
                try slot.operation.checkCancellation()
                slot.operation.advance(bytes: Int(bytes))
            }
        }
    }

    /// Looks for bytes that a crash left between putting them in place and their commit.
    @discardableResult
    package func sweep() async throws -> CollectionReport {
        try await self.resources.withSlot(
            for: .collect,
            bytes: nil,
            memory: Memory.small,
            name: "sweep after an unclean stop",
            priority: .background
        ) { slot in
            try await self.store.sweep { done, all in
                try slot.operation.checkCancellation()
                slot.operation.update(fraction: Double(done) / Double(all))
            }
        }
    }
}

/// What operations reserve of the memory budget, in bytes.
enum Memory {
    /// An operation that holds rows only.
    static let small = 64 * 1024
    /// A streaming upload: ten received parts of 256 KiB and four on their way to the disk.
    static let upload = 14 * 256 * 1024
    /// A streaming download: pieces read and not yet sent.
    static let download = 4 * 256 * 1024

    /// A transfer of a known or unknown size.
    static func transfer(of size: Int64?, streaming: Int) -> Int {
        guard let size, size < Int64(streaming - self.small) else { return streaming }
        return Int(size) + self.small
    }
}
