import Foundation
import Logging
import Purser
import PurserBlobs
import PurserTestSupport
import SystemPackage
import Testing

/// Where the time of day comes from.
struct TimeOfDay {
    var now: @Sendable () -> Date = { Date() }
}

/// Opens a manager in a folder of its own for the time of the body; nothing runs in the background.
///
/// The body also gets a folder for files outside of the store.
func withManager(
    fileSystem: any FileSystem = LocalFileSystem(),
    clock: any Clock<Duration> = ContinuousClock(),
    timeOfDay: TimeOfDay = TimeOfDay(),
    _ change: (inout PurserConfiguration) -> Void = { _ in },
    _ body: (FileStorageManager, FilePath) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        var configuration = PurserConfiguration()
        configuration.storage.path = folder.appending("store")
        change(&configuration)
        let outside = folder.appending("outside")
        try FileManager.default.createDirectory(atPath: outside.string, withIntermediateDirectories: false)
        let manager = try await FileStorageManager.open(
            configuration,
            fileSystem: fileSystem,
            clock: clock,
            now: timeOfDay.now,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            try await body(manager, outside)
        } catch {
            await manager.drain(grace: .zero)
            try await manager.close()
            throw error
        }
        try await manager.close()
    }
}

/// What a store and what runs in it have taken: a call that was cancelled changes none of it.
struct Footprint: Equatable {
    var paths: [String]
    var totals: CatalogTotals
    var names: [FileRecord]
    var active: Int
    var queued: Int
    var memoryReserved: Int
    var diskReserved: Int64

    init(of manager: FileStorageManager) throws {
        let root = manager.configuration.storage.path
        self.paths = try ["staging", "temp", "blobs"].flatMap { folder in
            let names = try FileManager.default.subpathsOfDirectory(atPath: root.appending(folder).string)
            return names.filter { $0.utf8.count > 2 }.map { "\(folder)/\($0)" }
        }.sorted()
        let metrics = try manager.systemMetrics()
        self.totals = metrics.storage
        self.names = try manager.list(ListRequest(bucket: .default)).files
        self.active = metrics.resources.active
        self.queued = metrics.resources.queued
        self.memoryReserved = metrics.resources.memoryReserved
        self.diskReserved = metrics.resources.diskReserved
    }
}

/// Expects an error of the resource manager with a code.
func expectError(
    _ code: OperationError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    let error = await #expect(throws: OperationError.self, sourceLocation: sourceLocation) { try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
}

/// Expects that a file outside of the store cannot be read or written.
func expectTransferError(
    _ code: TransferError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    let error = await #expect(throws: TransferError.self, sourceLocation: sourceLocation) { try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
}

/// So many bytes, no two pieces of them alike.
func sampleBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes += $0 } }
    return Array(bytes.prefix(count))
}

/// Expects the same bytes; tells no difference, as finding one takes minutes where they are many.
func expectSame(_ bytes: [UInt8], _ expected: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
    guard bytes != expected else { return }
    Issue.record("\(bytes.count) bytes are not the \(expected.count) expected", sourceLocation: sourceLocation)
}
