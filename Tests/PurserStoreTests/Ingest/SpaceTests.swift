import PurserCatalog
import NIOCore
import PurserIdentifiers
import PurserOperations
import PurserStore
import Testing

/// Room on the disk is reserved before it is used, and given back.
@Suite(.timeLimit(.minutes(5)))
struct SpaceTests {
    @Test(arguments: [true, false])
    func uploadBeyondTheQuotaIsRefused(_ isAnnounced: Bool) async throws {
        try await withStore({ $0.quota = 100_000 }) { store in
            try await store.put("a", sample(60_000))
            let body = TestBody(sample(60_000, seed: 2).pieces(of: 10_000))
            await expectRefusal(.storeFull) {
                try await store.put("b", body: body) { $0.announcedSize = isAnnounced ? 60_000 : nil }
            }
            #expect(isAnnounced ? body.timesAsked == 0 : body.timesAsked == 5)
            try store.expectOnly(blobFiles: 1, keys: ["a"])
        }
    }

    @Test func bodyOfUnknownLengthMayFillTheRestOfTheQuota() async throws {
        try await withStore({ $0.quota = 100_000 }) { store in
            try await store.put("a", sample(60_000))
            try await store.put("b", body: TestBody(sample(40_000, seed: 2).pieces(of: 10_000)))
            #expect(try store.files.space().uploadableBytes == 0)
        }
    }

    @Test func uploadsUnderWayCountTowardsTheQuota() async throws {
        try await withStore({ $0.quota = 100_000 }) { store in
            let first = TestBody(sample(60_000).pieces(of: 60_000)) { number in
                guard number == 1 else { return }
                // All bytes of the first are written, none committed.
                await expectRefusal(.storeFull) { try await store.put("b", sample(60_000, seed: 2)) }
                try await store.put("c", sample(30_000, seed: 3))
            }
            try await store.put("a", body: first) { $0.announcedSize = 60_000 }
            #expect(try store.files.space().uploadableBytes == 10_000)
            try store.expectOnly(blobFiles: 2, keys: ["a", "c"])
        }
    }

    @Test func roomOfAFailedUploadIsFreeAgain() async throws {
        try await withStore({ $0.quota = 100_000 }) { store in
            for _ in 0..<3 {
                let body = TestBody(sample(90_000).pieces(of: 10_000), failure: TestBody.Broken())
                await #expect(throws: TestBody.Broken.self) { try await store.put("a", body: body) }
            }
            #expect(try store.files.space().uploadableBytes == 100_000)
            try await store.put("a", sample(100_000))
        }
    }

    @Test(arguments: [true, false])
    func deletedFilesMakeRoomBeforeTheirGraceIsOver(_ isAnnounced: Bool) async throws {
        try await withStore({
            $0.quota = 100_000
            $0.collectGrace = .seconds(3600)
        }) { store in
            try await store.put("a", sample(60_000))
            try await store.delete("a")
            #expect(try store.files.space().uploadableBytes == 40_000)
            let body = TestBody(sample(70_000, seed: 2).pieces(of: 10_000))
            try await store.put("b", body: body) { $0.announcedSize = isAnnounced ? 70_000 : nil }
            try store.expectOnly(blobFiles: 1, keys: ["b"])
        }
    }

    @Test func floorOfFreeSpaceIsLeftToTheDisk() async throws {
        try await withStore({ $0.freeSpaceFloor = .max / 2 }) { store in
            await expectRefusal(.storeFull) { try await store.put("a", sample(10)) }
            #expect(try store.files.space().uploadableBytes < 0)
            try store.expectOnly(blobFiles: 0)
        }
    }
}
