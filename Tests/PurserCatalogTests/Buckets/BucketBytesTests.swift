import Foundation
import GRDB
import PurserIdentifiers
import Testing

@testable import PurserCatalog

/// What a bucket takes on the disk: each of its contents once, as it is kept.
@Suite
struct BucketBytesTests {
    private static let other: BucketName = {
        guard let name = try? BucketName("other") else { preconditionFailure("a name") }
        return name
    }()

    private func bytes(_ catalog: Catalog) throws -> [Int64] {
        #expect(try catalog.counterDrift { _ in }.count == 0)
        return try [BucketName.default, Self.other].map { try catalog.bucket($0)?.physicalBytes ?? -1 }
    }

    private func delete(_ key: String, in bucket: BucketName = .default, _ catalog: Catalog) async throws {
        _ = try await catalog.delete(bucket: bucket, key: FileKey(key), at: .second(9))
    }

    private func stored(_ size: Int, as storedBytes: Int) -> NewFile.Content {
        .stored(encoding: storedBytes == size ? "raw" : "zstd", storedBytes: Int64(storedBytes))
    }

    @Test
    func contentCountsOnceInEachBucketThatHasIt() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.createBucket(Self.other, at: .second(0))
            _ = try await catalog.commit(.sample("a", 1, size: 100, content: self.stored(100, as: 40)))
            _ = try await catalog.commit(.sample("b", 1, size: 100, content: .existing))
            #expect(try self.bytes(catalog) == [40, 0])
            _ = try await catalog.commit(.sample("a", 1, size: 100, content: .existing, in: Self.other))
            _ = try await catalog.commit(.sample("c", 2, size: 7))
            #expect(try self.bytes(catalog) == [47, 40])
            try await self.delete("a", catalog)
            #expect(try self.bytes(catalog) == [47, 40])
            try await self.delete("b", catalog)
            #expect(try self.bytes(catalog) == [7, 40])
            let key = try FileKey("a")
            _ = try await catalog.copy(from: (Self.other, key), to: (.default, key), at: .second(3))
            #expect(try self.bytes(catalog) == [47, 40])
            try await self.delete("a", in: Self.other, catalog)
            #expect(try self.bytes(catalog) == [47, 0])
        }
    }

    @Test
    func replacedFileTakesItsContentAlongUnlessAnotherHasIt() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.createBucket(Self.other, at: .second(0))
            for key in ["a", "b"] { _ = try await catalog.commit(.sample(key, 1, size: 10)) }
            _ = try await catalog.commit(.sample("a", 2, size: 200, content: self.stored(200, as: 200)))
            #expect(try self.bytes(catalog) == [210, 0])
            // The same content again, and one that the bucket has.
            _ = try await catalog.commit(.sample("a", 2, size: 200, content: .existing, at: 4))
            #expect(try self.bytes(catalog) == [210, 0])
            _ = try await catalog.commit(.sample("b", 2, size: 200, content: .existing))
            #expect(try self.bytes(catalog) == [200, 0])
        }
    }

    @Test
    func otherFormCountsInEveryBucketThatHasTheContent() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.createBucket(Self.other, at: .second(0))
            for bucket in [BucketName.default, Self.other] {
                for key in ["a", "b"] {
                    _ = try await catalog.commit(
                        .sample(key, 1, size: 100, content: self.stored(100, as: 100), in: bucket)
                    )
                }
            }
            let seen = try #require(try catalog.blob(.sample(1))?.form)
            let form = BlobForm(encoding: "gzip", storedSize: 30)
            #expect(try await catalog.keep(.sample(1), as: form, insteadOf: seen))
            #expect(try self.bytes(catalog) == [30, 30])
            try await self.delete("b", in: Self.other, catalog)
            // Good bytes in the place of damaged ones come as they are.
            try await catalog.flag(.sample(1), damaged: true)
            #expect(try await catalog.heal(.sample(1), with: self.stored(100, as: 100)))
            #expect(try self.bytes(catalog) == [100, 100])
            try await catalog.flag(.sample(1), damaged: true)
            _ = try await catalog.commit(
                .sample("c", 1, size: 100, content: self.stored(100, as: 60), in: Self.other)
            )
            #expect(try self.bytes(catalog) == [60, 60])
        }
    }

    @Test
    func removalSaysWhatTheBucketLoses() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.createBucket(Self.other, at: .second(0))
            for key in ["a", "b"] { _ = try await catalog.commit(.sample(key, 1, size: 50)) }
            _ = try await catalog.commit(.sample("c", 1, size: 50, content: .existing, in: Self.other, at: 2))
            var found: [(inStore: Int64, inBucket: Int64)] = []
            for _ in 0..<3 {
                let file = try #require(
                    try catalog.filesByModification(before: .distantFuture, after: nil, limit: 1).files.first
                )
                let removal = FileRemoval(file, reason: "test")
                let outcome = try await catalog.remove([removal], run: "r", strategy: "age", at: .second(9))
                found.append((outcome.released, outcome.releasedInBuckets))
            }
            #expect(found.map(\.inStore) == [0, 0, 50] && found.map(\.inBucket) == [0, 50, 50])
            #expect(try self.bytes(catalog) == [0, 0])
        }
    }

    /// A row's number is given again: what was counted for the bucket before is not the new one's.
    @Test
    func bucketThatIsMadeAnewInTheSameTransactionBeginsWithNothing() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.createBucket(Self.other, at: .second(0))
            _ = try await catalog.commit(.sample("a", 1, size: 50, in: Self.other))
            let gate = try await WriterGate(catalog)
            async let deleted = catalog.delete(bucket: Self.other, key: FileKey("a"), at: .second(2))
            await gate.waitForWrites(1)
            async let gone: Void = catalog.deleteBucket(Self.other)
            await gate.waitForWrites(2)
            async let made = catalog.createBucket(Self.other, at: .second(3))
            await gate.waitForWrites(3)
            async let written = catalog.commit(.sample("b", 2, size: 8, in: Self.other))
            await gate.waitForWrites(4)
            try await gate.open()
            _ = try await (deleted, gone, written)
            let isNew = try await made.created
            #expect(isNew)
            #expect(catalog.metrics().largestBatch >= 4)
            #expect(try self.bytes(catalog) == [0, 8])
            #expect(try catalog.bucket(Self.other)?.files == 1)
        }
    }

    @Test
    func olderCatalogIsCounted() throws {
        let database = try DatabaseQueue()
        try database.inDatabase { (db) throws in
            #expect(try Array(Schema.migrations.prefix(8)).migrate(db) == 0)
            try db.execute(
                sql: """
                    INSERT INTO bucket (id, name, createdAt) VALUES (1, 'one', 0), (2, 'two', 0), (3, 'three', 0);
                    INSERT INTO blob (id, sha256, size, storedSize, encoding, refs, state, createdAt)
                    VALUES (1, randomblob(32), 90, 10, 'zstd', 3, 0, 0), (2, randomblob(32), 100, 100, 'raw', 1, 0, 0);
                    INSERT INTO file (bucket, key, blob, createdAt, modifiedAt)
                    VALUES (1, x'61', 1, 0, 0), (1, x'62', 1, 0, 0), (2, x'61', 1, 0, 0), (2, x'62', 2, 0, 0);
                    """
            )
            #expect(try Schema.migrations.migrate(db) == 8)
            #expect(try Int64.fetchAll(db, sql: "SELECT physicalBytes FROM bucket ORDER BY id") == [10, 110, 0])
        }
    }
}
