import Foundation
import GRDB
import PurserIdentifiers
import Testing

@testable import PurserCatalog

/// Counts that were made wrong by hand are found, and made right.
@Suite
struct CountTests {
    /// Does to the database what no release does.
    private func corrupt(_ catalog: Catalog, _ sql: String) async throws {
        try await catalog.writer.submit { try $0.db.execute(sql: sql) }
    }

    private func repair(_ catalog: Catalog) async throws -> (references: Int, counters: Int) {
        // First the counters, as they are then right for the references as they stand.
        let drift = try catalog.counterDrift { _ in }
        try await catalog.correct(drift)
        let wrong = try catalog.miscountedBlobs(after: 0, through: catalog.lastBlobRow())
        var repaired = 0
        for blob in wrong where try await catalog.recount(blobRow: blob.row, at: .second(50)) != nil { repaired += 1 }
        return (repaired, drift.count)
    }

    private func fill(_ catalog: Catalog) async throws {
        _ = try await catalog.createBucket(try BucketName("other"), at: .second(0))
        _ = try await catalog.commit(.sample("a", 1, size: 10, at: 1))
        _ = try await catalog.commit(.sample("b", 1, size: 10, at: 1))
        _ = try await catalog.commit(.sample("c", 2, size: 100, in: BucketName("other"), at: 1))
        _ = try await catalog.commit(
            .sample("d", 3, size: 1_000, content: .stored(encoding: "raw", storedBytes: 1_000), at: 1)
        )
        _ = try await catalog.delete(bucket: .default, key: FileKey("d"), at: .second(2))
    }

    @Test
    func rightCountsAreLeftAlone() async throws {
        try await CatalogFixture.run { catalog in
            try await self.fill(catalog)
            #expect(try await self.repair(catalog) == (0, 0))
        }
    }

    @Test(arguments: [
        "UPDATE blob SET refs = 5 WHERE size = 10",
        "UPDATE blob SET refs = 1 WHERE size = 10",
        "UPDATE blob SET refs = 0, state = 1, retiredAt = 7 WHERE size = 100",
        "UPDATE blob SET refs = 2, state = 0, retiredAt = NULL WHERE size = 1000",
    ])
    func wrongReferencesAreRepaired(_ sql: String) async throws {
        try await CatalogFixture.run { catalog in
            try await self.fill(catalog)
            let files = try catalog.totals().files
            try await self.corrupt(catalog, sql)
            let (references, _) = try await self.repair(catalog)
            #expect(references == 1)
            #expect(try await self.repair(catalog) == (0, 0))
            #expect(try catalog.totals().files == files)
            #expect(try catalog.blob(.sample(1))?.references == 2)
            #expect(try catalog.blob(.sample(2))?.state == .live)
            #expect(try catalog.blob(.sample(3))?.state == .retired)
            #expect(try catalog.blob(.sample(3))?.references == 0)
        }
    }

    @Test(arguments: [
        ("UPDATE bucket SET files = 9, logicalBytes = 0 WHERE name = 'default'", 2),
        ("UPDATE bucket SET logicalBytes = 7 WHERE name = 'other'", 1),
        ("UPDATE bucket SET physicalBytes = 7 WHERE name = 'other'", 1),
        ("UPDATE bucket SET files = 0, logicalBytes = 0, physicalBytes = 0", 6),
        ("UPDATE total SET files = 1", 1),
        ("UPDATE total SET physicalBytes = 0, inlineBytes = 0, reclaimableBytes = 0", 3),
        ("UPDATE total SET buckets = 77, blobs = 0, distinctBytes = 12, logicalBytes = 1", 4),
    ])
    func wrongCountersAreRepaired(_ sql: String, _ count: Int) async throws {
        try await CatalogFixture.run { catalog in
            try await self.fill(catalog)
            let (before, buckets) = (try catalog.totals(), try catalog.buckets())
            try await self.corrupt(catalog, sql)
            #expect(try catalog.totals() != before || catalog.buckets() != buckets)
            #expect(try await self.repair(catalog) == (0, count))
            #expect(try catalog.totals() == before)
            #expect(try catalog.buckets() == buckets)
        }
    }

    /// What is written between the count and its repair is counted once.
    @Test
    func repairKeepsWhatIsWrittenMeanwhile() async throws {
        try await CatalogFixture.run { catalog in
            try await self.fill(catalog)
            try await self.corrupt(catalog, "UPDATE total SET files = 40")
            let drift = try catalog.counterDrift { _ in }
            _ = try await catalog.commit(.sample("new", 8, at: 3))
            try await catalog.correct(drift)
            #expect(try await self.repair(catalog) == (0, 0))
            #expect(try catalog.totals().files == 4)
        }
    }

    @Test
    func countCanBeCutOff() async throws {
        struct Enough: Error {}
        try await CatalogFixture.run { catalog in
            try await self.fill(catalog)
            #expect(throws: Enough.self) { try catalog.counterDrift { _ in throw Enough() } }
        }
    }

    @Test
    func inlineContentsWithoutTheirBytesAreFound() async throws {
        try await CatalogFixture.run { catalog in
            try await self.fill(catalog)
            #expect(try catalog.inlineBlobsWithoutBytes(after: 0, through: 99).isEmpty)
            try await self.corrupt(
                catalog,
                "UPDATE content SET bytes = x'01' WHERE blob IN (SELECT id FROM blob WHERE size = 10)"
            )
            try await self.corrupt(catalog, "DELETE FROM content WHERE blob IN (SELECT id FROM blob WHERE size = 100)")
            let found = try catalog.inlineBlobsWithoutBytes(after: 0, through: 99).map(\.record.id)
            #expect(found == [.sample(1), .sample(2)])
        }
    }
}
