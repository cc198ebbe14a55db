import SystemPackage
import PurserCatalog
import Foundation
import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import Testing

/// The sweep removes what an unclean stop left, and nothing else.
@Suite(.timeLimit(.minutes(5)))
struct SweepTests {
    /// Leaves the bytes of uploads without a row, as a power failure before their commit does.
    private static func leaveOrphans(_ count: Int, in folder: StoreFolder) throws {
        for number in 0..<count {
            let content = sample(5000, seed: UInt64(1000 + number))
            let path = folder.layout.file(of: try content.digest())
            try Data(content.readableBytesView).write(to: URL(filePath: path.string))
        }
    }

    @Test func orphansOfAnUncleanStopAreRemoved() async throws {
        try await withStoreFolder { folder in
            var store = try await folder.open()
            try await store.put("a", sample(5000))
            try await store.put("b", sample(6000))
            try await store.delete("b")
            await store.kill()
            try Self.leaveOrphans(5, in: folder)
            store = try await folder.open()
            #expect(store.files.wasUnclean)
            var done: [Int] = []
            #expect(try await store.files.sweep { part, all in done.append(part * 1000 + all) }.blobs == 5)
            #expect(done == (1...256).map { $0 * 1000 + 256 })
            #expect(try await store.files.sweep() == CollectionReport())
            #expect(try await store.read("a") == sample(5000))
            // Retired contents have a row: they are the collector's.
            try store.expectOnly(blobFiles: 2, keys: ["a"])
            try await store.files.close()
        }
    }

    @Test func strangersAmongTheBlobsAreLeftAlone() async throws {
        try await withStore { store in
            let shard = store.folder.layout.shard(0x17)
            let upperCase = String(repeating: "17AB", count: 16)
            for name in ["notes.txt", "17", upperCase, "ab" + String(repeating: "0", count: 62)] {
                try Data("mine".utf8).write(to: URL(filePath: shard.appending(name).string))
            }
            try LocalFileSystem().createDirectory(shard.appending("17" + String(repeating: "0", count: 62)))
            #expect(try await store.files.sweep() == CollectionReport())
            #expect(try store.folder.blobFiles().count == 5)
        }
    }

    @Test func uploadsGoingOnMeanwhileKeepTheirBytes() async throws {
        try await withStore { store in
            try Self.leaveOrphans(20, in: store.folder)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    // Half of them bring a content that lies there as an orphan.
                    let seed = UInt64(number.isMultiple(of: 2) ? 1000 + number / 2 : number)
                    group.addTask { _ = try await store.put("\(number)", sample(5000, seed: seed)) }
                }
                group.addTask { _ = try await store.files.sweep() }
                try await group.waitForAll()
            }
            try await store.files.sweep()
            for number in 0..<40 {
                let seed = UInt64(number.isMultiple(of: 2) ? 1000 + number / 2 : number)
                #expect(try await store.read("\(number)") == sample(5000, seed: seed))
            }
            #expect(try store.folder.blobFiles().count == 40)
        }
    }

    @Test func contentUploadedOverAnOrphanIsNoOrphan() async throws {
        try await withStore { store in
            try Self.leaveOrphans(1, in: store.folder)
            try await store.put("a", sample(5000, seed: 1000))
            #expect(try await store.files.sweep() == CollectionReport())
            #expect(try await store.read("a") == sample(5000, seed: 1000))
        }
    }

    /// Until a sweep was finished, each start knows that one is due.
    @Test func sweepThatWasNotFinishedIsDueAtTheNextStart() async throws {
        struct Stop: Error {}
        try await withStoreFolder { folder in
            var store = try await folder.open()
            await store.kill()
            try Self.leaveOrphans(3, in: folder)
            store = try await folder.open()
            await #expect(throws: Stop.self) {
                try await store.files.sweep { done, _ in if done == 1 { throw Stop() } }
            }
            try await store.files.close()
            store = try await folder.open()
            #expect(store.files.wasUnclean)
            try await store.files.sweep()
            try store.expectOnly(blobFiles: 0)
            try await store.files.close()
            store = try await folder.open()
            #expect(!store.files.wasUnclean)
            try await store.files.close()
        }
    }

    @Test func failedSynchronizationOfASweepTurnsTheStoreReadOnly() async throws {
        try await withStore { store in
            try Self.leaveOrphans(3, in: store.folder)
            store.disk.fail(.synchronizeDirectory, with: .inputOutput, on: "blobs", times: 1)
            await expectError(.readOnly) { try await store.files.sweep() }
            #expect(store.disk.injectedFaults == 1)
            #expect(store.files.readOnlyReason != nil)
            await expectError(.readOnly) { try await store.files.sweep() }
        }
    }
}
