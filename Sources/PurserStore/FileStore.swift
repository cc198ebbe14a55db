public import Foundation
public import Logging
public import PurserBlobs
package import PurserCatalog
import PurserIdentifiers
import PurserOperations
import Synchronization
import SystemPackage

/// The files: blobs and catalog as one.
///
/// A file is a row that names a blob; a blob is a row and, unless its content is inline, bytes under `blobs/`. The order
/// of all changes keeps one invariant: a row that names a blob is committed only when the blob's bytes are on the disk,
/// and bytes are removed only when no row names them. A crash between two steps leaves bytes without a row at worst;
/// they go at the next start.
public final class FileStore: Sendable {
    /// How the store is kept.
    public let configuration: StoreConfiguration
    /// The rows.
    package let catalog: Catalog
    /// The bytes.
    package let blobs: BlobStore
    /// Whether writes are taken.
    package let health: StoreHealth
    /// Threads on which blocking calls to the disk run.
    package let diskThreads: DiskThreads
    /// The thread of work that nobody waits for.
    private let backgroundThreads: DiskThreads
    /// Whether the process that had the store before was stopped without closing it.
    public let wasUnclean: Bool

    let pins = ContentPins()
    let contentCache: ContentCache
    /// Which files are being read.
    let readings = OpenReadings()
    let lock: StoreLock
    let reserve: SpaceReserve
    let logger: Logger
    let now: @Sendable () -> Date
    let isReserveReleased = Mutex(false)
    /// Bytes of contents stored since the store was opened, those included that were there before.
    package let ingestedBytes = IngestedBytes()
    /// Bytes of uploads under way that no row counts yet.
    let uncommitted = UncommittedBytes()
    /// Whether bytes without a row may lie about: from an unclean stop until a sweep was finished.
    let isSweepDue: Atomic<Bool>

    private init(
        configuration: StoreConfiguration,
        catalog: Catalog,
        blobs: BlobStore,
        health: StoreHealth,
        lock: StoreLock,
        reserve: SpaceReserve,
        now: @escaping @Sendable () -> Date,
        logger: Logger
    ) {
        self.configuration = configuration
        self.catalog = catalog
        self.blobs = blobs
        self.health = health
        self.lock = lock
        self.wasUnclean = lock.wasUnclean
        self.isSweepDue = Atomic(lock.wasUnclean)
        self.reserve = reserve
        self.contentCache = ContentCache(capacity: configuration.cacheBytes / 4 * 3)
        self.diskThreads = DiskThreads()
        self.backgroundThreads = DiskThreads(count: 1, isBackground: true)
        self.now = now
        self.logger = logger
    }

    /// Opens the store, creating it where that is allowed, and recovers what a crash left.
    ///
    /// Staging and scratch files are removed and unfinished deletes finished. The cost follows the work that was under way,
    /// not the size of the store.
    ///
    /// - Parameters:
    ///   - configuration: Where it is and how it is kept.
    ///   - fileSystem: The disk.
    ///   - observers: Who is told how the catalog does.
    ///   - now: The time of day.
    ///   - logger: For what happens in the background.
    /// - Returns: An open store.
    /// - Throws: ``StoreError`` `.locked`, `.newerFormat`, `.notAStore`, `.inputOutput`, `.storeFull`. What the folder
    ///   holds is untouched after the first three.
    public static func open(
        _ configuration: StoreConfiguration,
        fileSystem: any FileSystem = LocalFileSystem(),
        observers: StoreObservers = StoreObservers(),
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) async throws -> FileStore {
        do {
            let root = configuration.path
            let format = try StoreFormat.check(at: root, fileSystem: fileSystem)
            try Self.check(format, of: configuration, fileSystem: fileSystem)
            if format == .absent {
                try fileSystem.createDirectory(root)
            }
            let reserve = SpaceReserve(root: root, fileSystem: fileSystem)
            let lock = try Self.givingBack(reserve, logger) {
                try StoreLock.acquire(at: root, fileSystem: fileSystem)
            }
            let health = StoreHealth(logger: logger)
            var catalogConfiguration = CatalogConfiguration()
            catalogConfiguration.cacheBytes = configuration.cacheBytes / 4
            catalogConfiguration.onCommit = observers.onCommit
            catalogConfiguration.onSlowStatement = observers.onSlowStatement
            catalogConfiguration.onDamage = observers.onDamage
            catalogConfiguration.onInputOutputError = { health.poison("the catalog failed: \($0.message)") }
            // Before anything is removed: a newer catalog may know what the files in staging are for.
            let catalog = try Self.givingBack(reserve, logger) { [catalogConfiguration] in
                try Catalog.open(
                    at: StoreLayout(root: root).catalog.string,
                    configuration: catalogConfiguration,
                    logger: logger
                )
            }
            let store = FileStore(
                configuration: configuration,
                catalog: catalog,
                blobs: BlobStore(root: root, fileSystem: fileSystem, logger: logger),
                health: health,
                lock: lock,
                reserve: reserve,
                now: now,
                logger: logger
            )
            do {
                try await store.prepare(format, fileSystem: fileSystem)
            } catch {
                await store.abandon()
                throw error
            }
            return store
        } catch {
            throw StoreError(translating: error)
        }
    }

    /// Does what needs a little room on the disk; where it is full, with the room that was kept for this.
    ///
    /// A full disk must not keep people from the files that they want to delete.
    private static func givingBack<Value>(
        _ reserve: SpaceReserve,
        _ logger: Logger,
        _ body: () throws -> Value
    ) throws -> Value {
        do {
            return try body()
        } catch {
            guard StoreError(translating: error).code == .storeFull, reserve.release() else { throw error }
            logger.warning("disk full: the reserve is released, so that the store can be opened")
            return try body()
        }
    }

    /// Refuses a folder that must not become a store, or that has lost what makes it one.
    private static func check(
        _ format: StoreFormat,
        of configuration: StoreConfiguration,
        fileSystem: any FileSystem
    ) throws {
        let root = configuration.path
        switch format {
        case .absent:
            guard configuration.createsWhenMissing else {
                throw StoreError(
                    .notAStore,
                    "\(root) holds no store, and storage.create is false. Is its disk mounted?"
                )
            }
        case .current:
            // The format is written last. With a new catalog in the place of the lost one, all bytes would look orphaned.
            guard try fileSystem.status(of: StoreLayout(root: root).catalog) != nil else {
                throw StoreError(
                    .notAStore,
                    "\(root) has lost its catalog.sqlite; nothing was touched. Put it back from a backup"
                )
            }
        }
    }

    /// Makes what is missing in the folder, and recovers.
    private func prepare(_ format: StoreFormat, fileSystem: any FileSystem) async throws {
        try self.blobs.create()
        try self.blobs.recover()
        if format == .absent {
            try StoreFormat.write(at: self.configuration.path, fileSystem: fileSystem)
        }
        self.restoreReserve()
        do {
            try await self.finishDeletes()
        } catch let error as CatalogError where error.code == .noSpace {
            // A full disk is no reason not to open: people have to get at their files. The collector goes on with it.
            self.logger.warning("deletes wait for room on the disk", metadata: ["purser.error": "\(error)"])
        }
    }

    /// Gives back what a store holds that could not be opened; the next start finds it unclean.
    private func abandon() async {
        do {
            try await self.catalog.close()
        } catch {
            self.logger.warning("catalog could not be closed", metadata: ["purser.error": "\(error)"])
        }
        self.diskThreads.shutdown()
        self.backgroundThreads.shutdown()
        self.lock.release(isClean: false)
    }

    /// Waits for writes under way, closes the catalog and gives the folder back.
    ///
    /// Call it once, after the last operation has ended. The folder is given back also where this throws; the next start
    /// then recovers it.
    public func close() async throws {
        do {
            try await self.catalog.close()
        } catch {
            self.diskThreads.shutdown()
            self.backgroundThreads.shutdown()
            self.lock.release(isClean: false)
            throw StoreError(translating: error)
        }
        // First what may still be under way of an upload that nobody waits for: it may leave bytes for the sweep.
        self.diskThreads.shutdown()
        self.backgroundThreads.shutdown()
        self.lock.release(isClean: self.health.readOnlyReason == nil && !self.isSweepDue.load(ordering: .acquiring))
    }

    /// Why the store takes no writes; `nil` while it does.
    public var readOnlyReason: String? { self.health.readOnlyReason }

    /// Tells those who look into the folder where this store is served.
    ///
    /// - Parameter url: Base URL of the server, as a client would write it.
    /// - Throws: ``StoreError`` `.inputOutput`.
    public func announce(url: String) throws {
        do {
            try self.lock.write(url: url)
        } catch {
            throw StoreError(translating: error)
        }
    }

    /// Runs the body on the disk threads, where blocking calls hold nobody else up.
    @concurrent
    package func onDiskThreads<Value>(_ body: @concurrent () async throws -> Value) async throws -> Value {
        try await self.diskThreads.run(body)
    }

    /// Runs the body on one thread that gives way to all others.
    ///
    /// For work that nobody waits for and that may take the processor for long. What others may wait for, such as all that is
    /// done with a content held exclusively, belongs on the disk threads.
    @concurrent
    package func inBackground<Value>(_ body: @concurrent () async throws -> Value) async throws -> Value {
        try await self.backgroundThreads.run(body)
    }
}
