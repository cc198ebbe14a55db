public import Foundation
public import Logging
public import PurserBlobs
public import PurserCatalog
import PurserIdentifiers
import PurserOperations
public import SystemPackage
import Synchronization

/// What steps have made, kept so that the same work is not done twice: for another file with the same content, and after
/// a restart.
///
/// Results lie in a folder of the store with an index in the catalog; small ones that were used lately are in memory, too.
/// What is kept is durable when ``keep(_:as:of:for:)`` returns. A result whose bytes have changed since is removed and
/// not used.
public final class ResultCache: Sendable {
    /// How much is kept.
    public let configuration: ResultCacheConfiguration
    /// Has steps that would make the same at the same time make it once.
    let flights = ResultFlights()
    let catalog: Catalog
    let files: ResultFiles
    let disk: StepDisk
    let timeline: Timeline
    let now: @Sendable () -> Date
    let logger: Logger
    let state: Mutex<State>

    /// A result in memory.
    struct Kept: Sendable {
        var document: ResultDocument
        var contents: [[UInt8]]
        var putAt: Date
    }

    struct State {
        var memory: RecentValues<ResultKey, Kept>
        var figures = ResultCacheFigures()
        /// Uses that were not written yet.
        var uses: [ResultKey: ResultUses] = [:]
        /// Results whose files are being read, and by how many.
        var reading: [ResultKey: Int] = [:]
        /// Results whose files are being written.
        var writing: Set<ResultKey> = []
        /// Results whose files are being removed.
        var removing: Set<ResultKey> = []
        var lastNumber: UInt64 = 0
    }

    /// Opens the cache of a store, or makes one; what was being written when it was last used is removed.
    ///
    /// Blocking: call it at start-up. No other cache may use the folder.
    ///
    /// - Parameters:
    ///   - folder: Where results lie; the last component is made where it is missing.
    ///   - catalog: Has the index.
    ///   - disk: The way to the folder.
    ///   - configuration: How much is kept.
    ///   - clock: Tells when it is time for ``upkeep()``.
    ///   - now: The time of day.
    ///   - logger: For what happens without a caller.
    /// - Throws: `FileSystemError`.
    public init(
        folder: FilePath,
        catalog: Catalog,
        disk: StepDisk,
        configuration: ResultCacheConfiguration = ResultCacheConfiguration(),
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) throws(FileSystemError) {
        self.configuration = configuration
        self.catalog = catalog
        self.disk = disk
        self.files = ResultFiles(fileSystem: disk.fileSystem, root: folder)
        self.timeline = Timeline(clock)
        self.now = now
        self.logger = logger
        self.state = Mutex(State(memory: RecentValues(capacity: configuration.memoryBytes)))
        try self.files.prepare()
    }

    /// How it does, since it was opened.
    public func figures() -> ResultCacheFigures {
        var figures = self.state.withLock { state in
            var figures = state.figures
            figures.memory.count = Int64(state.memory.count)
            figures.memory.bytes = Int64(state.memory.cost)
            figures.memory.evictions += Int64(state.memory.evictions)
            return figures
        }
        // Without the catalog there is nothing to tell of it.
        let totals = try? self.catalog.resultTotals()
        figures.disk.count = totals?.count ?? 0
        figures.disk.bytes = totals?.bytes ?? 0
        return figures
    }

    /// Gives the memory back; results are read from the disk again where they are wanted.
    public func dropMemory() {
        self.state.withLock { $0.memory.removeAll() }
    }

    /// Puts a result into memory, where it is small enough.
    ///
    /// - Parameters:
    ///   - document: The result.
    ///   - contents: The bytes of its files.
    ///   - key: Names it.
    ///   - most: Bytes of memory that it may take.
    /// - Returns: Bytes of memory that it takes, roughly; 0 where it is not there.
    @discardableResult
    func remember(_ document: ResultDocument, _ contents: [[UInt8]], under key: ResultKey, most: Int = .max) -> Int {
        guard document.fileBytes <= Int64(self.configuration.maxMemoryResultBytes) else { return 0 }
        let kept = Kept(document: document, contents: contents, putAt: self.now())
        let cost = contents.reduce(512) { $0 + $1.count } + document.files.count * 256 + document.values.roughBytes
        guard cost <= most else { return 0 }
        self.state.withLock { $0.memory.insert(kept, for: key, cost: cost) }
        return cost
    }

    func log(_ message: Logger.Message, _ error: any Error, _ key: ResultKey? = nil) {
        var metadata: Logger.Metadata = ["purser.error": "\(error)"]
        if let key { metadata["purser.result"] = "\(key.hex)" }
        self.logger.warning(message, metadata: metadata)
    }
}

extension [String: StepValue] {
    /// Bytes that they take, roughly.
    fileprivate var roughBytes: Int {
        func bytes(_ value: StepValue) -> Int {
            switch value {
            case .string(let text): 32 + text.utf8.count
            case .list(let elements): elements.reduce(32) { $0 + bytes($1) }
            case .object(let elements): elements.reduce(64) { $0 + $1.key.utf8.count + bytes($1.value) }
            default: 32
            }
        }
        return bytes(.object(self))
    }
}
