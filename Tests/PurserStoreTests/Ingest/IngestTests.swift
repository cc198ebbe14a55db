import PurserOperations
import Foundation
import NIOCore
import PurserCatalog
import PurserIdentifiers
import PurserStore
import Testing

/// What an upload that succeeds leaves, on both sides of the inline limit.
@Suite(.timeLimit(.minutes(5)))
struct IngestTests {
    static let limit = StoreFolder.inlineLimit
    static let sizes = [0, 1, limit - 1, limit, limit + 1, 64 * 1024, 300 * 1024 + 7]

    @Test(arguments: sizes, [true, false])
    func contentReadsBackAndIsKeptWhereItsSizeSays(_ size: Int, _ isAnnounced: Bool) async throws {
        try await withStore { store in
            let content = sample(size)
            let outcome = try await store.put("a", body: TestBody(content.pieces(of: 1000))) { request in
                request.announcedSize = isAnnounced ? Int64(size) : nil
                request.contentType = "text/x-test"
                request.metadata = ["origin": "scanner"]
            }
            #expect(outcome.created)
            #expect(!outcome.deduplicated)
            #expect(outcome.file.blob == (try content.digest()))
            #expect(outcome.file.size == Int64(size))
            let file = try store.files.file(bucket: .default, key: FileKey("a"))
            #expect(file == outcome.file)
            #expect(file.contentType == "text/x-test")
            #expect(file.metadata == ["origin": "scanner"])
            #expect(file.encoding == (size <= Self.limit ? "inline" : "raw"))
            #expect(try await store.read("a") == content)
            try store.expectOnly(blobFiles: size <= Self.limit ? 0 : 1, keys: ["a"])
            try store.expectTrueCounters()
        }
    }

    @Test(arguments: [100, limit + 100])
    func filesOutliveClosingAndKilling(_ size: Int) async throws {
        try await withStoreFolder { folder in
            let content = sample(size)
            var store = try await folder.open()
            #expect(!store.files.wasUnclean)
            try await store.put("a", content)
            try await store.files.close()
            store = try await folder.open()
            #expect(!store.files.wasUnclean)
            #expect(try await store.read("a") == content)
            await store.kill()
            store = try await folder.open()
            #expect(store.files.wasUnclean)
            #expect(try await store.read("a") == content)
            try await store.files.close()
        }
    }

    @Test(arguments: [100, limit + 100])
    func replacingSwapsTheContentAndKeepsTheTimeOfCreation(_ size: Int) async throws {
        try await withStore { store in
            let first = try await store.put("a", sample(size, seed: 1))
            let second = try await store.put("a", sample(size, seed: 2))
            #expect(second.replaced == first.file)
            #expect(second.file.createdAt == first.file.createdAt)
            #expect(second.file.modifiedAt > first.file.modifiedAt)
            #expect(try await store.read("a") == sample(size, seed: 2))
            #expect(try store.keys() == ["a"])
            try store.expectTrueCounters()
        }
    }

    @Test func ownContentMayBePutAgain() async throws {
        try await withStore { store in
            let content = sample(Self.limit + 1)
            try await store.put("a", content)
            let again = try await store.put("a", content)
            #expect(again.deduplicated)
            #expect(try await store.read("a") == content)
            try store.expectOnly(blobFiles: 1, keys: ["a"])
            try store.expectTrueCounters()
        }
    }

    @Test func rightDigestsAreTaken() async throws {
        try await withStore { store in
            for size in [100, Self.limit + 100] {
                let content = sample(size)
                try await store.put("\(size)", content) { request in
                    request.digests.sha256 = BlobID(bytes: content.sha256())
                    request.digests.sha512 = content.sha512()
                }
                #expect(try await store.read("\(size)") == content)
            }
        }
    }

    @Test func progressOfTheOperationIsTheBytesReceived() async throws {
        try await withStore { store in
            let id = OperationID()
            let content = sample(100_000)
            try await store.put("a", body: TestBody(content.pieces(of: 10_000)), id: id)
            let snapshot = try #require(store.tracker.operation(id)?.snapshot)
            #expect(snapshot.progress.bytesDone == 100_000)
            #expect(snapshot.state == .succeeded)
        }
    }
}
