import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserStore

/// Where the time of operations goes, told apart by stage.
@Suite(.timeLimit(.minutes(5)))
struct StageTests {
    /// Adds up what the disk took.
    private final class DiskTime: Sendable {
        private let times = Mutex<[FileSystemCall: Duration]>([:])

        func note(_ call: FileSystemCall, _ duration: Duration) {
            self.times.withLock { $0[call, default: .zero] += duration }
        }

        func reset() { self.times.withLock { $0 = [:] } }

        var all: Duration { self.times.withLock { $0.values.reduce(.zero, +) } }
        subscript(_ call: FileSystemCall) -> Duration { self.times.withLock { $0[call] ?? .zero } }
    }

    private func withObservedStore(
        _ body: (OpenStore, DiskTime, Commits) async throws -> Void
    ) async throws {
        try await withStoreFolder { folder in
            let disk = DiskTime()
            let commits = Commits()
            var folder = folder
            folder.onDiskCall = { disk.note($0, $1) }
            folder.observers.onCommit = { batch in commits.note(batch.waits.count) }
            let store = try await folder.open()
            commits.reset()
            disk.reset()
            try await body(store, disk, commits)
            try await store.files.close()
        }
    }

    /// Counts writes that were committed.
    private final class Commits: Sendable {
        private let count = Mutex(0)

        var all: Int { self.count.withLock { $0 } }
        func note(_ writes: Int) { self.count.withLock { $0 += writes } }
        func reset() { self.count.withLock { $0 = 0 } }
    }

    private func stages(of id: OperationID, in store: OpenStore) throws -> OperationStages {
        try #require(store.tracker.operation(id)).stages
    }

    @Test func anUploadToTheDiskTellsAllItsStages() async throws {
        try await self.withObservedStore { store, disk, commits in
            let id = OperationID()
            let started = ContinuousClock.now
            try await store.put("a", body: TestBody(sample(700_000).pieces(of: 100_000)), id: id)
            let whole = ContinuousClock.now - started
            let stages = try self.stages(of: id, in: store)
            let (hash, diskTime) = (try #require(stages[.hash]), try #require(stages[.disk]))
            let catalog = try #require(stages[.catalog])
            #expect(hash > .zero && catalog > .zero)
            // All that the upload had the disk do is within its stage, and the stages are within the whole.
            #expect(disk[.synchronize] > .zero && disk[.write] > .zero)
            #expect(diskTime >= disk.all)
            #expect(hash + diskTime + catalog <= whole)
            #expect(commits.all == 1)
        }
    }

    @Test func aSmallUploadHasNoTimeOfTheDisk() async throws {
        try await self.withObservedStore { store, disk, _ in
            let id = OperationID()
            try await store.put("a", body: TestBody([sample(100)]), id: id)
            let stages = try self.stages(of: id, in: store)
            #expect(stages[.disk] == nil && disk.all == .zero)
            #expect(stages[.hash] != nil && stages[.catalog] != nil)
        }
    }

    @Test func anUploadThatFailsTellsWhereItsTimeWent() async throws {
        try await self.withObservedStore { store, disk, _ in
            let id = OperationID()
            store.disk.fail(.synchronize, with: .inputOutput, on: "staging", times: 1)
            await expectError(.inputOutput) {
                do {
                    try await store.put("a", body: TestBody([sample(700_000)]), id: id)
                } catch let error as StoreError where error.code == .readOnly || error.code == .inputOutput {
                    throw StoreError(.inputOutput, "as expected")
                }
            }
            #expect(store.disk.injectedFaults == 1)
            let stages = try self.stages(of: id, in: store)
            #expect(try #require(stages[.disk]) >= disk[.write])
            #expect(stages[.hash] != nil && stages[.catalog] == nil)
        }
    }

    @Test(arguments: [false, true])
    func aDownloadTellsTheTimeOfTheDisk(_ isVerified: Bool) async throws {
        try await withStoreFolder({ $0.verifiesReads = isVerified }) { folder in
            let disk = DiskTime()
            var folder = folder
            folder.onDiskCall = { disk.note($0, $1) }
            let store = try await folder.open()
            try await store.put("a", sample(700_000))
            disk.reset()
            // An operation each: the time of one call must not hide that the other's is missing.
            let opening = try store.tracker.begin(.download, name: "a")
            let content = try store.files.open(bucket: .default, key: FileKey("a"), for: opening)
            #expect(opening.stages.all.map(\.stage) == [.disk, .catalog])
            let reading = try store.tracker.begin(.download, name: "a")
            try await store.files.read(content, range: 0..<700_000, for: reading) { _ in }
            #expect(disk[.read] > .zero)
            #expect(try #require(reading.stages[.disk]) >= disk[.read])
            #expect((reading.stages[.hash] != nil) == isVerified)
            try await store.files.close()
        }
    }

    @Test func theCachesTellTheirHits() async throws {
        try await withStore { store in
            try await store.put("a", sample(100))
            for _ in 0..<3 { _ = try store.open("a") }
            let figures = store.files.figures()
            #expect((figures.contentHits, figures.contentMisses) == (2, 1))
            #expect(figures.catalog.rowHits > 0 && figures.catalog.rowMisses > 0)
            #expect(try #require(figures.logBytes) > 0)
            #expect(figures.catalog.batches > 0)
        }
    }
}
