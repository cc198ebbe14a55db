package import Foundation
import Logging
import PurserBlobs
package import PurserMonitor
import PurserOperations
import PurserStore
import Synchronization

/// Watches a service: its machine, its memory, its store, its operations; and says when something is wrong.
///
/// The loops are in ``run()``; between them they cost some milliseconds of CPU a second.
package final class ServiceMonitor: Sendable {
    /// What was set.
    package let configuration: MonitorConfiguration
    /// Measures operations.
    package let operations: OperationMonitor
    /// The alerts.
    package let alerts: AlertCenter
    /// What all metrics came to, minute by minute.
    package let history: MetricHistory
    /// Bytes that the service received and sent; counted by whoever serves.
    package let traffic = Traffic()
    let growth: GrowthKeeper
    let notifier: Notifier
    let machine: MachineWatch
    let resources: ResourceManager
    let store: FileStore
    let scratch: ScratchFiles
    let pipelines: PipelineHost
    let tracker: ProgressTracker
    let fileSystem: any FileSystem
    let clock: any Clock<Duration>
    /// The time of day.
    package let now: @Sendable () -> Date
    let logger: Logger
    let state: Mutex<State>

    /// What the last look at the machine saw.
    struct State: Sendable {
        var figures = MachineFigures()
        var lookedAt: Date?
        var levels: MemoryLevels
        var received: Int64 = 0
        var sent: Int64 = 0
        var readOnlyReason: String?
        /// Exports that this process or an earlier one wrote, the oldest first.
        var exports: [String]?
    }

    init(
        _ configuration: MonitorConfiguration,
        operations: OperationMonitor,
        tracker: ProgressTracker,
        resources: ResourceManager,
        store: FileStore,
        scratch: ScratchFiles,
        pipelines: PipelineHost,
        fileSystem: any FileSystem,
        clock: any Clock<Duration>,
        now: @escaping @Sendable () -> Date,
        logger: Logger
    ) throws {
        self.configuration = configuration
        self.operations = operations
        self.tracker = tracker
        self.resources = resources
        self.store = store
        self.scratch = scratch
        self.pipelines = pipelines
        self.fileSystem = fileSystem
        self.clock = clock
        self.now = now
        self.logger = logger
        self.notifier = Notifier(
            configuration.channels,
            product: "purser/\(PurserVersion.current)",
            clock: clock,
            now: now,
            logger: logger
        )
        self.alerts = AlertCenter(
            configuration.alerts,
            catalog: store.catalog,
            notifier: self.notifier,
            now: now,
            logger: logger
        )
        self.history = MetricHistory(monitor: operations.performance, catalog: store.catalog, logger: logger)
        self.growth = try GrowthKeeper(store.catalog)
        let probe = MachineProbe(
            places: MachinePlaces(store: store.configuration.path),
            catalogWriterTime: { store.catalog.metrics().writerTime },
            clock: clock,
            logger: logger
        )
        self.machine = MachineWatch(probe, interval: configuration.machineInterval, clock: clock)
        self.state = Mutex(State(levels: MemoryLevels(configuration.memory)))
        if operations.performance.isEnabled {
            self.history.restore()
            try self.alerts.restore()
        }
    }

    /// What the last look at the machine saw; nothing is known before the first.
    package var machineFigures: MachineFigures { self.state.withLock { $0.figures } }

    /// The level of memory.
    package var memoryLevel: MemoryLevel { self.state.withLock { $0.levels.level } }

    /// What is stored, how well, and where it leads.
    ///
    /// - Throws: `StoreError`.
    package func storageFigures() throws -> StorageFigures {
        let totals = try self.store.totals()
        return self.growth.figures(totals, availableBytes: try self.store.space().uploadableBytes)
    }
}
