import Foundation
import GRDB
import PurserIdentifiers
import Testing

@testable import PurserCatalog

@Suite
struct CandidateTests {
    /// Reads all pages, and checks that none is larger than asked for.
    private func all(_ limit: Int, _ page: (CandidatePosition?) throws -> CandidatePage) throws -> [String] {
        var keys: [String] = []
        var position: CandidatePosition?
        repeat {
            let found = try page(position)
            #expect(found.files.count <= limit)
            keys += found.files.map(\.key.text)
            position = found.next
        } while position != nil
        return keys
    }

    @Test(arguments: [1, 2, 3, 100])
    func filesComeByModificationWhateverThePage(_ limit: Int) async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.createBucket(try BucketName("other"), at: .second(0))
            // Two of the same millisecond, in two buckets, and two names of one content.
            _ = try await catalog.commit(.sample("d", 1, at: 4))
            _ = try await catalog.commit(.sample("b", 2, at: 2))
            _ = try await catalog.commit(.sample("a", 2, in: BucketName("other"), at: 2))
            _ = try await catalog.commit(.sample("c", 3, at: 2))
            _ = try await catalog.commit(.sample("e", 4, at: 9))
            let keys = try self.all(limit) {
                try catalog.filesByModification(before: .second(9), after: $0, limit: limit)
            }
            #expect(keys == ["b", "c", "a", "d"])
        }
    }

    @Test(arguments: [1, 2, 3, 100])
    func filesComeBySizeWhateverThePage(_ limit: Int) async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("small", 1, size: 5))
            _ = try await catalog.commit(.sample("a", 2, size: 50))
            _ = try await catalog.commit(.sample("b", 2, size: 50))
            _ = try await catalog.commit(.sample("c", 2, size: 50))
            _ = try await catalog.commit(.sample("same", 3, size: 50))
            _ = try await catalog.commit(.sample("huge", 4, size: 500))
            _ = try await catalog.commit(.sample("empty", 5, size: 0))
            let keys = try self.all(limit) { try catalog.filesBySize(after: $0, limit: limit) }
            #expect(keys == ["huge", "same", "a", "b", "c", "small", "empty"])
        }
    }

    @Test
    func readsAreWrittenTogetherAndOnceAnHour() async throws {
        try await CatalogFixture.run { catalog in
            for key in ["a", "b", "c"] { _ = try await catalog.commit(.sample(key, 1, at: 1)) }
            func note(_ key: String, _ second: Int) throws {
                catalog.noteAccess(bucket: .default, key: try FileKey(key), at: .second(second))
            }
            func read() throws -> [String] {
                try self.all(10) { try catalog.filesByAccess(before: .distantFuture, after: $0, limit: 10) }
            }
            try note("b", 100)
            try note("a", 110)
            try note("gone", 120)
            #expect(try read().isEmpty)
            #expect(catalog.lastNotedAccess(bucket: .default, key: try FileKey("a")) == .second(110))
            let before = catalog.metrics().items
            try await catalog.flushAccesses()
            #expect(catalog.metrics().items == before + 1)
            #expect(try read() == ["b", "a"])
            // Within the hour nothing is noted; after it the order changes.
            try note("b", 3_000)
            try await catalog.flushAccesses()
            #expect(catalog.metrics().items == before + 1)
            try note("b", 3_700)
            try await catalog.flushAccesses()
            #expect(try read() == ["a", "b"])
            let page = try catalog.filesByAccess(before: .distantFuture, after: nil, limit: 10)
            #expect(page.files.map(\.accessedAt) == [.second(110), .second(3_700)])
            #expect(page.files.map(\.usedAt) == [.second(110), .second(3_700)])
        }
    }

    @Test
    func notesAreWrittenWithoutBeingAskedForOnceTheyAreMany() async throws {
        try await CatalogFixture.run { catalog in
            for number in 0..<AccessNotes.batch {
                _ = try await catalog.commit(.sample("\(number)", 1, at: 1))
                catalog.noteAccess(bucket: .default, key: try FileKey("\(number)"), at: .second(2))
            }
            // A write that comes later, and so tells that the one before is done.
            try await catalog.flag(.sample(1), damaged: false)
            let found = try catalog.filesByAccess(before: .distantFuture, after: nil, limit: 10_000)
            #expect(found.files.count == AccessNotes.batch)
        }
    }

    @Test
    func noteGoesWithItsFile() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a", 1, at: 1))
            catalog.noteAccess(bucket: .default, key: try FileKey("a"), at: .second(2))
            try await catalog.flushAccesses()
            _ = try await catalog.delete(bucket: .default, key: FileKey("a"), at: .second(3))
            let rows = try catalog.readers.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM fileAccess") }
            #expect(rows == 0)
        }
    }

    @Test(arguments: [
        (["pin": "true"], true), (["pin": "TRUE"], true), (["pin": "false"], false), (["note": "\"pin\""], false),
        ([:], false), (["pinned": "true"], false),
    ])
    func pinnedFilesSaySo(_ metadata: [String: String], _ isPinned: Bool) async throws {
        try await CatalogFixture.run { catalog in
            var file = try NewFile.sample("a", 1, at: 1)
            file.metadata = metadata
            _ = try await catalog.commit(file)
            let found = try catalog.filesByModification(before: .second(2), after: nil, limit: 1).files
            #expect(try found.map { try $0.isPinned() } == [isPinned])
        }
    }
}
