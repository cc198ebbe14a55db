import Foundation
import PurserIdentifiers
import Synchronization
import Testing

@testable import PurserCatalog

@Suite
struct FileCacheTests {
    @Test
    func everyChangeIsSeenByTheNextRead() async throws {
        try await CatalogFixture.run { catalog in
            let key = try FileKey("a")
            func read() throws -> FileRecord? { try catalog.file(bucket: .default, key: key) }
            #expect(try read() == nil)
            let first = try await catalog.commit(.sample("a", 1, at: 1))
            #expect(try read() == first.file)
            let second = try await catalog.commit(.sample("a", 2, at: 2))
            #expect(try read() == second.file)
            try await catalog.flag(.sample(2), damaged: true)
            #expect(try read()?.isDamaged == true)
            let repaired = try await catalog.commit(.sample("b", 2, at: 3))
            #expect(try read()?.isDamaged == false)
            let copy = try await catalog.copy(
                from: (.default, repaired.file.key),
                to: (.default, key),
                at: .second(4)
            )
            #expect(try read() == copy.file)
            _ = try await catalog.delete(bucket: .default, key: key, at: .second(5))
            #expect(try read() == nil)
        }
    }

    @Test
    func removedBucketIsGone() async throws {
        try await CatalogFixture.run { catalog in
            let name = try BucketName("scans")
            #expect(try !catalog.hasBucket(name))
            _ = try await catalog.createBucket(name, at: .second(1))
            #expect(try catalog.hasBucket(name))
            try await catalog.deleteBucket(name)
            #expect(try !catalog.hasBucket(name))
        }
    }

    @Test
    func rowReadWhileACommitRunsIsNotKept() throws {
        let cache = FileCache(capacity: 1 << 20)
        let name = FileCache.Name(bucket: .default, key: try FileKey("a"))
        let old = try Self.record("a", second: 1)
        let new = try Self.record("a", second: 2)
        cache.committing(changesOf: [name]) {
            // Another thread reads before the commit is visible, and again after.
            #expect(cache.file(name) { old } == old)
        }
        #expect(cache.file(name) { new } == new)
        // Read before a commit began, given to the cache when it has ended.
        let third = try Self.record("a", second: 3)
        cache.removeAll()
        let late = cache.file(name) {
            cache.committing(changesOf: [name]) {}
            return new
        }
        #expect(late == new)
        #expect(cache.file(name) { third } == third)
        #expect(cache.file(name) { nil } == third, "nothing stands in the way of this one")
    }

    @Test
    func changeOfAContentConcernsTheRowsThatNameIt() throws {
        let cache = FileCache(capacity: 1 << 20)
        let name = FileCache.Name(bucket: .default, key: try FileKey("a"))
        let (old, new) = (try Self.record("a", second: 1), try Self.record("a", second: 2))
        #expect(cache.file(name) { old } == old)
        cache.committing(changesOf: [], contents: [.sample(2)]) {
            #expect(cache.file(name) { nil } == old)
        }
        #expect(cache.file(name) { nil } == old)
        cache.committing(changesOf: [], contents: [.sample(1)]) {
            // Before the commit is visible, and again after.
            #expect(cache.file(name) { old } == old)
        }
        #expect(cache.file(name) { new } == new)
        #expect(cache.file(name) { nil } == new)
        // There is an end to what is remembered, and then nothing is taken for true.
        cache.committing(changesOf: [], contents: (2...FileCache.maxContents + 1).map { BlobID.sample($0) }) {}
        #expect(cache.file(name) { old } == old)
    }

    @Test
    func readersNeverSeeLessThanWasAcknowledged() async throws {
        try await CatalogFixture.run { catalog in
            let key = try FileKey("a")
            let writes = Writes()
            _ = try await catalog.commit(.sample("a", 1, at: 0))
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        var reads = 0
                        while !writes.areDone.load(ordering: .acquiring) {
                            let floor = writes.acknowledged.load(ordering: .acquiring)
                            let seen = try catalog.file(bucket: .default, key: key)?.modifiedAt ?? .distantPast
                            #expect(seen >= .second(floor))
                            reads += 1
                            await Task.yield()
                        }
                        return reads
                    }
                }
                for second in 1...300 {
                    _ = try await catalog.commit(.sample("a", second % 2 + 1, at: second))
                    writes.acknowledged.store(second, ordering: .releasing)
                }
                writes.areDone.store(true, ordering: .releasing)
                #expect(try await group.reduce(0, +) > 0)
            }
        }
    }

    private final class Writes: Sendable {
        let acknowledged = Atomic(0)
        let areDone = Atomic(false)
    }

    private static func record(_ key: String, second: Int) throws -> FileRecord {
        FileRecord(
            bucket: .default,
            key: try FileKey(key),
            blob: .sample(1),
            size: 1,
            contentType: nil,
            metadata: [:],
            createdAt: .second(0),
            modifiedAt: .second(second),
            encoding: "inline",
            storedSize: 1,
            isDamaged: false
        )
    }
}
