import Foundation
import PurserIdentifiers
import Testing

@testable import PurserCatalog

@Suite
struct BucketTests {
    @Test
    func defaultBucketExistsFromTheStart() async throws {
        try await CatalogFixture.run { catalog in
            let bucket = try #require(try catalog.bucket(.default))
            #expect(bucket == BucketRecord(name: .default, createdAt: .second(0), files: 0, logicalBytes: 0))
            #expect(try catalog.totals().buckets == 1)
        }
    }

    @Test
    func creatingABucketTwiceFindsTheFirst() async throws {
        try await CatalogFixture.run { catalog in
            let name = try BucketName("photos")
            let (made, created) = try await catalog.createBucket(name, at: .second(5))
            let (found, createdAgain) = try await catalog.createBucket(name, at: .second(9))
            #expect(created)
            #expect(!createdAgain)
            #expect(found == made)
            #expect(found.createdAt == .second(5))
            #expect(try catalog.buckets().map(\.name.text) == ["default", "photos"])
            #expect(try catalog.totals().buckets == 2)
        }
    }

    @Test
    func bucketCountsItsFiles() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a", 1, size: 10))
            _ = try await catalog.commit(.sample("b", 2, size: 20))
            _ = try await catalog.commit(.sample("a", 3, size: 5))
            let bucket = try #require(try catalog.bucket(.default))
            #expect(bucket.files == 2)
            #expect(bucket.logicalBytes == 25)
        }
    }

    @Test
    func bucketWithFilesIsNotDeleted() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a"))
            await expectError(.bucketNotEmpty) { try await catalog.deleteBucket(.default) }
            _ = try await catalog.delete(bucket: .default, key: try FileKey("a"), at: .second(2))
            try await catalog.deleteBucket(.default)
            #expect(try catalog.bucket(.default) == nil)
            #expect(try catalog.totals().buckets == 0)
            await expectError(.noSuchBucket) { try await catalog.deleteBucket(.default) }
        }
    }

    @Test
    func nothingGoesIntoAMissingBucket() async throws {
        try await CatalogFixture.run { catalog in
            let missing = try BucketName("missing")
            let key = try FileKey("a")
            await expectError(.noSuchBucket) { try await catalog.commit(.sample("a", in: missing)) }
            await expectError(.noSuchBucket) { try await catalog.delete(bucket: missing, key: key, at: .second(1)) }
            await expectError(.noSuchBucket) { try catalog.list(bucket: missing, limit: 1) }
            #expect(try catalog.file(bucket: missing, key: key) == nil)
            #expect(try catalog.totals() == CatalogTotals(buckets: 1))
        }
    }
}
