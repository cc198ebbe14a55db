package import Foundation
public import Logging
package import PurserBlobs
import PurserMonitor
public import PurserOperations
public import PurserOptimizer
public import PurserProcessing
import PurserStore
import Synchronization

/// A file storage service: every operation admitted, shown, cancellable; every distinct content kept once.
///
/// Open one per folder, run ``run()`` for as long as it is used, and ``close()`` it at the end; or let
/// ``withFileStorageManager(configuration:logger:_:)`` do all three. As a service among others:
///
/// ```swift
/// let manager = try await FileStorageManager.open(PurserConfiguration.load(file: "purser.yaml"))
/// let group = ServiceGroup(services: [manager, server], gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// try await manager.close()
/// ```
///
/// A graceful shutdown refuses new operations and waits for those that run.
public final class FileStorageManager: Sendable {
    /// What it was opened with.
    public let configuration: PurserConfiguration
    /// All operations: to list, look at, watch and cancel.
    ///
    /// ```swift
    /// for operation in manager.operations.list(state: .running, limit: 100).snapshots {
    ///     print(operation.kind, operation.name, operation.progress.fraction)
    /// }
    /// try manager.operations.cancel(id)
    /// for await update in manager.operations.updates() { print(update.id, update.state) }
    /// ```
    public let operations: ProgressTracker
    /// Slots, memory and disk space.
    package let resources: ResourceManager
    /// The files.
    package let store: FileStore
    /// What is measured, and who is told.
    package let monitor: ServiceMonitor
    /// Keeps the store small, and looks whether all is there.
    public let optimizer: StorageOptimizer
    /// Runs pipelines over files.
    public let processing: ProcessingService
    /// The pipelines, with all that they take to run.
    package let pipelineHost: PipelineHost
    let logger: Logger
    private let isDraining = Atomic(false)

    private init(
        configuration: PurserConfiguration,
        operations: ProgressTracker,
        resources: ResourceManager,
        store: FileStore,
        monitor: ServiceMonitor,
        optimizer: StorageOptimizer,
        processing: ProcessingService,
        pipelineHost: PipelineHost,
        logger: Logger
    ) {
        self.configuration = configuration
        self.operations = operations
        self.resources = resources
        self.store = store
        self.monitor = monitor
        self.optimizer = optimizer
        self.processing = processing
        self.pipelineHost = pipelineHost
        self.logger = logger
    }

    /// Opens a storage folder, creating it where that is allowed, and recovers what a crash left.
    ///
    /// - Parameters:
    ///   - configuration: The defaults, or what ``PurserConfiguration/load(file:)`` read.
    ///   - logger: For what happens in the background.
    /// - Returns: An open service; nothing runs in it before ``run()`` does.
    /// - Throws: `StoreError` `.locked`, `.newerFormat`, `.notAStore`, `.inputOutput`, `.storeFull`; `PipelineProblems`
    ///   where pipelines are not well.
    public static func open(
        _ configuration: PurserConfiguration = PurserConfiguration(),
        logger: Logger = Logger(label: "purser")
    ) async throws -> FileStorageManager {
        try await self.open(configuration, fileSystem: LocalFileSystem(), logger: logger)
    }

    /// Opens a storage folder on a file system and by a clock of one's own.
    package static func open(
        _ configuration: PurserConfiguration,
        fileSystem: any FileSystem,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) async throws -> FileStorageManager {
        let measured = OperationMonitor(configuration.monitor, clock: clock, now: now, logger: logger)
        let store = try await FileStore.open(
            configuration.storage,
            fileSystem: measured.observing(fileSystem),
            observers: measured.storeObservers,
            now: now,
            logger: logger
        )
        let operations = ProgressTracker(
            clock: clock,
            now: now,
            configuration: configuration.progress,
            onEnd: measured.observer
        )
        let resources = ResourceManager(
            configuration: configuration.resources,
            tracker: operations,
            disk: DiskSpace { DiskSpaceFigures(availableBytes: try store.space().uploadableBytes) },
            clock: clock,
            logger: logger
        )
        let host: PipelineHost
        do {
            host = try PipelineHost(
                configuration.processing,
                store: store,
                fileSystem: fileSystem,
                clock: clock,
                now: now,
                logger: logger
            )
        } catch {
            // What went wrong first is what people should hear of.
            try? await store.close()
            throw error
        }
        let monitor = try ServiceMonitor(
            configuration.monitor,
            operations: measured,
            tracker: operations,
            resources: resources,
            store: store,
            scratch: ScratchFiles(
                configuration: configuration.scratch,
                root: store.scratchRoot,
                disk: store.scratchFileSystem,
                clock: clock,
                logger: logger
            ),
            pipelines: host,
            fileSystem: fileSystem,
            clock: clock,
            now: now,
            logger: logger
        )
        return FileStorageManager(
            configuration: configuration,
            operations: operations,
            resources: resources,
            store: store,
            monitor: monitor,
            optimizer: StorageOptimizer(
                store: store,
                resources: resources,
                tracker: operations,
                configuration: configuration.optimizer,
                reencode: Reencoder(of: store, configuration.optimizer.compression),
                clock: clock,
                now: now,
                onEvent: { event in
                    // How full the disk is, the shipped rules tell; here it is about a limit of the store's own.
                    if case .spaceLevel = event, !configuration.hasStoreLimit { return }
                    monitor.note(event)
                },
                logger: logger
            ),
            processing: ProcessingService(
                store: store,
                resources: resources,
                tracker: operations,
                scratch: monitor.scratch,
                pipelines: host.jobPipelines,
                configuration: configuration.processing.jobs,
                callback: JobCallback(allowsPrivate: configuration.processing.allowsPrivateURLs, clock: clock),
                clock: clock,
                now: now,
                onEvent: { monitor.note($0) },
                logger: logger
            ),
            pipelineHost: host,
            logger: logger
        )
    }

    /// Refuses new operations, and lets those that run end; after the grace time the rest is cancelled.
    ///
    /// - Parameter grace: How long running operations may take.
    public func drain(grace: Duration) async {
        self.isDraining.store(true, ordering: .releasing)
        self.resources.shutdown()
        self.operations.endUpdates()
        await self.waitForOperations(upTo: grace)
        self.resources.cancelAll(.shutdown)
        await self.waitForOperations(upTo: ResourceManager.cancellationGrace * 2)
    }

    /// Looks every few milliseconds whether something still runs: this happens once in the life of a process.
    private func waitForOperations(upTo limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while self.resources.metrics().active > 0, ContinuousClock.now < deadline {
            do {
                try await Task.sleep(for: .milliseconds(10))
            } catch {
                return
            }
        }
    }

    /// Waits for the last writes and closes the store.
    ///
    /// Call it once, after ``drain(grace:)``.
    public func close() async throws {
        // Where jobs were run, that is done: nobody is to wait for one that no service takes up any more.
        self.processing.endUpdates()
        try await self.store.close()
    }

    /// Tells those who look into the storage folder where it is served.
    ///
    /// - Parameter url: Base URL of the server, as a client would write it.
    /// - Throws: `StoreError`.
    package func announce(url: String) throws {
        try self.store.announce(url: url)
    }

    /// Whether new operations are refused.
    var isShuttingDown: Bool { self.isDraining.load(ordering: .acquiring) }

    /// Finds out whether new files would be taken.
    ///
    /// - Returns: Why not; `nil` where they are.
    public var unreadyReason: String? {
        if let reason = self.store.readOnlyReason { return "the store is read-only: \(reason)" }
        return self.isShuttingDown ? "Purser is shutting down" : nil
    }
}

/// Opens a storage folder for the time of the body.
///
/// ```swift
/// try await withFileStorageManager(configuration: .init()) { manager in
///     try await manager.upload(to: "default", key: "hello.txt", bytes: Array("hello".utf8))
/// }
/// ```
///
/// - Parameters:
///   - configuration: The defaults, or what ``PurserConfiguration/load(file:)`` read.
///   - logger: For what happens in the background.
///   - body: What to do with it. When it ends, operations still running are cancelled.
/// - Returns: What the body returned.
/// - Throws: `StoreError` where the folder cannot be opened or closed; what the body throws.
public func withFileStorageManager<Value: Sendable>(
    configuration: PurserConfiguration = PurserConfiguration(),
    logger: Logger = Logger(label: "purser"),
    _ body: (FileStorageManager) async throws -> Value
) async throws -> Value {
    let manager = try await FileStorageManager.open(configuration, logger: logger)
    let result: Result<Value, any Error>
    do {
        result = .success(
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await manager.run() }
                let value = try await body(manager)
                await manager.drain(grace: .zero)
                group.cancelAll()
                return value
            }
        )
    } catch {
        await manager.drain(grace: .zero)
        result = .failure(error)
    }
    try await manager.close()
    return try result.get()
}
