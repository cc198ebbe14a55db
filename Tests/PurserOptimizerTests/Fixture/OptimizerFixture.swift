import Crypto
import Foundation
import Logging
import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import SystemPackage

@testable import PurserOptimizer

/// A time of day that stands still until a test moves it.
final class TestTime: Sendable {
    private let seconds: Mutex<Double>

    init(_ date: Date = Date(timeIntervalSince1970: 1_800_000_000)) {
        self.seconds = Mutex(date.timeIntervalSince1970)
    }

    func now() -> Date { Date(timeIntervalSince1970: self.seconds.withLock { $0 }) }

    func advance(by duration: Duration) {
        self.seconds.withLock { $0 += Double(duration.components.seconds) }
    }
}

/// What an optimizer told.
final class Events: Sendable {
    private let events = Mutex<[OptimizerEvent]>([])

    var all: [OptimizerEvent] { self.events.withLock { $0 } }

    func add(_ event: OptimizerEvent) { self.events.withLock { $0.append(event) } }
}

/// A real store in a folder of its own, and what an optimizer of it needs.
struct OptimizerFixture: Sendable {
    static let inlineLimit = 4_096

    let path: FilePath
    let time: TestTime
    let store: FileStore
    let tracker: ProgressTracker
    let resources: ResourceManager
    let events = Events()

    var catalog: Catalog { self.store.catalog }
    var layout: StoreLayout { StoreLayout(root: self.path) }

    /// Opens the store of a folder.
    static func open(
        _ path: FilePath,
        time: TestTime = TestTime(),
        slots: Int = 4,
        disk: any FileSystem = LocalFileSystem(),
        _ change: (inout StoreConfiguration) -> Void = { _ in }
    ) async throws -> OptimizerFixture {
        var configuration = StoreConfiguration()
        configuration.path = path
        configuration.inlineLimit = Self.inlineLimit
        configuration.freeSpaceFloor = 0
        configuration.collectGrace = .zero
        change(&configuration)
        let store = try await FileStore.open(
            configuration,
            fileSystem: disk,
            now: { time.now() },
            logger: quiet
        )
        let tracker = ProgressTracker(now: { time.now() })
        var limits = ResourceConfiguration()
        limits.maxConcurrentOperations = slots
        let resources = ResourceManager(configuration: limits, tracker: tracker, logger: quiet)
        return OptimizerFixture(path: path, time: time, store: store, tracker: tracker, resources: resources)
    }

    /// Runs a test with an open store, and closes it afterwards.
    static func run(
        slots: Int = 4,
        disk: any FileSystem = LocalFileSystem(),
        _ change: (inout StoreConfiguration) -> Void = { _ in },
        _ body: (OptimizerFixture) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let fixture = try await Self.open(folder.appending("storage"), slots: slots, disk: disk, change)
            try await body(fixture)
            try await fixture.store.close()
        }
    }

    /// An optimizer without limits on its speed.
    func optimizer(
        reencode: Reencoder? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        _ change: (inout OptimizerConfiguration) -> Void = { _ in }
    ) -> StorageOptimizer {
        var configuration = OptimizerConfiguration()
        configuration.minAge = .zero
        configuration.throttle.bytesPerSecond = nil
        configuration.throttle.cpuShare = nil
        configuration.schedule.timeZone = .gmt
        // How full this machine's disk is decides nothing here.
        (configuration.space.warningPercent, configuration.space.criticalPercent) = (100, 100)
        change(&configuration)
        let (time, events) = (self.time, self.events)
        return StorageOptimizer(
            store: self.store,
            resources: self.resources,
            tracker: self.tracker,
            configuration: configuration,
            reencode: reencode,
            clock: clock,
            now: { time.now() },
            random: { 0 },
            onEvent: { events.add($0) },
            logger: quiet
        )
    }

    /// Stores bytes under a key.
    @discardableResult
    func put(
        _ key: String,
        _ bytes: ByteBuffer,
        in bucket: BucketName = .default,
        type: String? = nil,
        metadata: [String: String] = [:]
    ) async throws -> FileRecord {
        var request = IngestRequest(bucket: bucket, key: try FileKey(key), contentType: type, metadata: metadata)
        request.announcedSize = Int64(bytes.readableBytes)
        let final = request
        let store = self.store
        return try await self.resources.withSlot(for: .upload, memory: 1, name: key) { slot in
            try await store.ingest(final, body: OneBuffer(bytes), slot: slot).file
        }
    }

    /// Reads a whole file.
    func read(_ key: String, in bucket: BucketName = .default) async throws -> ByteBuffer {
        let content = try self.store.open(bucket: bucket, key: FileKey(key))
        let read = Mutex(ByteBuffer())
        try await self.store.read(content, range: 0..<content.file.size) { piece in
            read.withLock { _ = $0.writeImmutableBuffer(piece) }
        }
        return read.withLock { $0 }
    }

    /// The keys of a bucket.
    func keys(in bucket: BucketName = .default) throws -> [String] {
        try self.store.list(ListRequest(bucket: bucket)).files.map(\.key.text)
    }

    /// Changes the catalog as no release does.
    func corrupt(_ sql: String) throws {
        let handle = try SQLiteTool(self.layout.catalog.string)
        try handle.execute(sql)
    }

    /// Flips the last bit of a blob's file.
    func flip(_ blob: BlobID) throws {
        let path = self.layout.file(of: blob).string
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(filePath: path))
    }

    /// Names of the files in `blobs/`.
    func blobFiles() throws -> Set<String> {
        let names = try FileManager.default.subpathsOfDirectory(atPath: self.layout.blobs.string)
        return Set(names.compactMap { $0.split(separator: "/").dropFirst().first.map(String.init) })
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Bytes that are the same for the same seed and length, and else differ.
func sample(_ count: Int, seed: UInt64 = 1) -> ByteBuffer {
    var random = SeededGenerator(seed: seed &* 0x1_0000_0001 &+ UInt64(count))
    var buffer = ByteBuffer()
    while buffer.readableBytes < count { buffer.writeInteger(random.next()) }
    buffer.moveWriterIndex(to: count)
    return buffer
}

/// A body of one piece.
struct OneBuffer: AsyncSequence, Sendable {
    let bytes: ByteBuffer

    init(_ bytes: ByteBuffer) {
        self.bytes = bytes
    }

    struct Iterator: AsyncIteratorProtocol {
        var bytes: ByteBuffer?

        mutating func next() async -> ByteBuffer? {
            defer { self.bytes = nil }
            return self.bytes.flatMap { $0.readableBytes > 0 ? $0 : nil }
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(bytes: self.bytes) }
}

/// The `sqlite3` of the system, for what the catalog's own verbs refuse.
struct SQLiteTool {
    struct Failed: Error { let status: Int32 }

    let path: String

    init(_ path: String) throws {
        self.path = path
    }

    func execute(_ sql: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            "-c",
            "import sqlite3,sys; db=sqlite3.connect(sys.argv[1], timeout=10); db.executescript(sys.argv[2]); db.commit()",
            self.path, sql,
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus) }
    }
}

/// Expects an error of the optimizer, and gives it.
func optimizerError(_ body: () async throws -> Void) async -> OptimizerError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? OptimizerError
    }
}
