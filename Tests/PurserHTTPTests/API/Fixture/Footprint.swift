import Foundation
import Purser
import PurserBlobs
import PurserTestSupport
import SystemPackage
import Testing

/// What a store and what runs in it have taken, to be compared: a request that is refused changes none of it.
struct Footprint: Equatable {
    /// Bytes on the disk that belong to files: whole ones and unfinished ones.
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
        let system = try manager.systemMetrics()
        self.totals = system.storage
        // Past the manager, which would count it.
        self.names = try manager.store.list(ListRequest(bucket: .default)).files
        self.active = system.resources.active
        self.queued = system.resources.queued
        self.memoryReserved = system.resources.memoryReserved
        self.diskReserved = system.resources.diskReserved
    }

    /// Nothing runs, waits, or lies about unfinished.
    var isAtRest: Bool {
        self.active == 0 && self.queued == 0 && self.memoryReserved == 0 && self.diskReserved == 0
            && !self.paths.contains { $0.hasPrefix("staging/") || $0.hasPrefix("temp/") }
    }
}

/// Looks again and again at something that no event tells of, until it holds.
///
/// - Throws: ``Overdue`` when it does not hold in time; the limit is far beyond what a loaded machine takes.
func eventually(
    within limit: Duration = .seconds(20),
    _ what: String,
    _ holds: () throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try !holds() {
        guard ContinuousClock.now < deadline else { throw Overdue(what: what) }
        try await Task.sleep(for: .milliseconds(2))
    }
}

struct Overdue: Error { var what: String }
