import NIOCore
import PurserCatalog
import PurserIdentifiers
import PurserStore
import Testing

/// Uploads that are refused or break leave nothing.
@Suite(.timeLimit(.minutes(5)))
struct RefusalTests {
    static let sizes = [100, StoreFolder.inlineLimit + 100, 300 * 1024]

    @Test(arguments: sizes)
    func wrongDigestsAreRefused(_ size: Int) async throws {
        try await withStore { store in
            let content = sample(size)
            await expectError(.digestMismatch) {
                try await store.put("a", content) { $0.digests.sha256 = BlobID.empty }
            }
            await expectError(.digestMismatch) {
                try await store.put("a", content) { $0.digests.sha512 = sample(size, seed: 2).sha512() }
            }
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test(arguments: sizes, [-1, 1])
    func bodiesOfAnotherLengthThanAnnouncedAreRefused(_ size: Int, _ difference: Int) async throws {
        try await withStore { store in
            await expectError(.lengthMismatch) {
                try await store.put("a", sample(size)) { $0.announcedSize = Int64(size + difference) }
            }
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test func bodyThatNeverEndsIsLeftAtTheAnnouncedLength() async throws {
        try await withStore { store in
            let body = TestBody(Array(repeating: sample(1000), count: 1000))
            await expectError(.lengthMismatch) {
                try await store.put("a", body: body) { $0.announcedSize = 5000 }
            }
            #expect(body.timesAsked == 6)
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test func tooLargeIsRefusedUnreadWhereAnnounced() async throws {
        try await withStore { store in
            let body = TestBody([sample(101)])
            await expectError(.fileTooLarge) {
                try await store.put("a", body: body) { request in
                    request.announcedSize = 101
                    request.maxSize = 100
                }
            }
            #expect(body.timesAsked == 0)
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test func tooLargeIsRefusedAtTheLimitWhereUnannounced() async throws {
        try await withStore { store in
            let body = TestBody(Array(repeating: sample(1000), count: 100))
            await expectError(.fileTooLarge) {
                try await store.put("a", body: body) { $0.maxSize = 9_999 }
            }
            #expect(body.timesAsked == 10)
            try store.expectOnly(blobFiles: 0)
            try await store.put("b", body: TestBody(sample(9_999).pieces(of: 1000))) { $0.maxSize = 9_999 }
        }
    }

    @Test func bodyForAMissingBucketIsNotRead() async throws {
        try await withStore { store in
            let body = TestBody([sample(10)])
            let bucket = try BucketName("missing")
            await expectError(.bucketNotFound) {
                try await store.put("a", body: body) { $0.bucket = bucket }
            }
            #expect(body.timesAsked == 0)
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test(arguments: sizes)
    func bucketDeletedMeanwhileRefusesTheCommit(_ size: Int) async throws {
        try await withStore { store in
            let bucket = try BucketName("gone")
            _ = try await store.files.createBucket(bucket)
            let body = TestBody(sample(size).pieces(of: size)) { number in
                if number == 1 { try await store.files.deleteBucket(bucket) }
            }
            await expectError(.bucketNotFound) {
                try await store.put("a", body: body) { $0.bucket = bucket }
            }
            #expect(body.timesAsked == 2)
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test(arguments: sizes)
    func brokenBodyThrowsItsOwnError(_ size: Int) async throws {
        try await withStore { store in
            let body = TestBody(sample(size).pieces(of: 50), failure: TestBody.Broken())
            await #expect(throws: TestBody.Broken.self) { try await store.put("a", body: body) }
            #expect(body.timesAsked == sample(size).pieces(of: 50).count + 1)
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test func failedReplacementLeavesTheFileAsItWas() async throws {
        try await withStore { store in
            let before = sample(50_000)
            try await store.put("a", before)
            let body = TestBody(sample(60_000, seed: 2).pieces(of: 1000), failure: TestBody.Broken())
            await #expect(throws: TestBody.Broken.self) { try await store.put("a", body: body) }
            #expect(try await store.read("a") == before)
            try store.expectOnly(blobFiles: 1, keys: ["a"])
        }
    }

    @Test func failedUploadOfAContentThatIsThereLeavesItThere() async throws {
        try await withStore { store in
            let content = sample(50_000)
            try await store.put("a", content)
            await expectError(.preconditionFailed) {
                try await store.put("a", content) { $0.precondition = .absent }
            }
            let bucket = try BucketName("gone")
            _ = try await store.files.createBucket(bucket)
            let body = TestBody([content]) { if $0 == 1 { try await store.files.deleteBucket(bucket) } }
            await expectError(.bucketNotFound) { try await store.put("b", body: body) { $0.bucket = bucket } }
            #expect(try await store.read("a") == content)
            try store.expectOnly(blobFiles: 1, keys: ["a"])
        }
    }
}
