import SystemPackage
import Synchronization
import PurserTestSupport
import PurserOperations
import NIOCore
import Foundation
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserOptimizer
import PurserStore
import Testing

/// What only a fault can bring about is planted, found, and mended where it can be.
@Suite(.timeLimit(.minutes(2)))
struct DeduplicationTests {
    private func fill(_ fixture: OptimizerFixture) async throws {
        try await fixture.put("a", sample(5_000, seed: 1))
        try await fixture.put("b", sample(5_000, seed: 1))
        try await fixture.put("c", sample(100, seed: 2))
        try await fixture.put("d", sample(6_000, seed: 3))
    }

    private func find(_ fixture: OptimizerFixture, isDryRun: Bool = false) async throws -> StrategyReport {
        let report = try await fixture.optimizer().run(RunRequest([.deduplication], isDryRun: isDryRun))
        #expect(report.state == .succeeded)
        return try #require(report[.deduplication])
    }

    @Test
    func soundStoreIsLeftAlone() async throws {
        try await OptimizerFixture.run { fixture in
            try await self.fill(fixture)
            let found = try await self.find(fixture)
            #expect(found.findings.isEmpty)
            #expect(found.filesProcessed == 0)
            // Three rows, and the two of them that lie in files.
            #expect(found.filesExamined == 6)
            #expect(try fixture.keys().count == 4)
        }
    }

    @Test(arguments: [true, false])
    func wrongCountsAreRepaired(_ isDryRun: Bool) async throws {
        try await OptimizerFixture.run { fixture in
            try await self.fill(fixture)
            let totals = try fixture.catalog.totals()
            try fixture.corrupt(
                """
                UPDATE blob SET refs = 1 WHERE refs = 2;
                UPDATE total SET files = 99;
                UPDATE bucket SET logicalBytes = 5 WHERE name = 'default';
                """
            )
            let found = try await self.find(fixture, isDryRun: isDryRun)
            #expect(found.findings == ["wrong_references": 1, "wrong_counters": 2])
            let again = try await self.find(fixture)
            #expect(again.findings.isEmpty == !isDryRun)
            #expect(try await self.find(fixture).findings.isEmpty)
            #expect(try fixture.catalog.totals() == totals)
            // With the count of 1, the second name would have lost its content.
            _ = try await fixture.store.delete(bucket: .default, key: FileKey("a"))
            try await fixture.store.collect()
            #expect(try await fixture.read("b") == sample(5_000, seed: 1))
        }
    }

    @Test(arguments: [true, false])
    func blobThatNoRowNamesGoes(_ isDryRun: Bool) async throws {
        try await OptimizerFixture.run { fixture in
            try await self.fill(fixture)
            let stray = BlobID.empty
            try Data(repeating: 7, count: 777).write(to: URL(filePath: fixture.layout.file(of: stray).string))
            let found = try await self.find(fixture, isDryRun: isDryRun)
            #expect(found.findings == ["blobs_without_row": 1])
            #expect(found.spaceSavedBytes == 777)
            #expect(try fixture.blobFiles().contains(stray.hex) == isDryRun)
            #expect(try fixture.blobFiles().count == (isDryRun ? 3 : 2))
        }
    }

    @Test(arguments: ["file", "inline"], [true, false])
    func rowWithoutItsBytesIsFlaggedAndTold(_ place: String, _ isDryRun: Bool) async throws {
        try await OptimizerFixture.run { fixture in
            try await self.fill(fixture)
            let key = place == "file" ? "a" : "c"
            let file = try fixture.store.file(bucket: .default, key: FileKey(key))
            if place == "file" {
                try FileManager.default.removeItem(atPath: fixture.layout.file(of: file.blob).string)
            } else {
                try fixture.corrupt("DELETE FROM content")
            }
            let found = try await self.find(fixture, isDryRun: isDryRun)
            #expect(found.findings == ["rows_without_bytes": 1])
            #expect(try fixture.catalog.blob(file.blob)?.isDamaged == !isDryRun)
            let told = fixture.events.all.filter { $0 == .contentDamaged(file.blob, files: place == "file" ? 2 : 1) }
            #expect(told.count == (isDryRun ? 0 : 1))
            guard !isDryRun else { return }
            #expect(throws: StoreError.self) { try fixture.store.open(bucket: .default, key: FileKey(key)) }
            // Once is enough; and a new upload of the content heals it on the spot.
            #expect(try await self.find(fixture).findings.isEmpty)
            try await fixture.put("new", place == "file" ? sample(5_000, seed: 1) : sample(100, seed: 2))
            #expect(try await fixture.read(key) == (place == "file" ? sample(5_000, seed: 1) : sample(100, seed: 2)))
        }
    }

    @Test
    func furtherNamesGoWhereTheBucketWantsTheOldestOnly() async throws {
        try await OptimizerFixture.run { fixture in
            let other = try BucketName("other")
            _ = try await fixture.store.createBucket(other)
            for key in ["z", "m", "a"] {
                try await fixture.put(key, sample(5_000, seed: 1))
                try await fixture.put(key, sample(5_000, seed: 1), in: other)
                fixture.time.advance(by: .seconds(10))
            }
            try await fixture.put("pinned", sample(5_000, seed: 1), metadata: ["pin": "true"])
            try await fixture.put("single", sample(10, seed: 2))
            let optimizer = fixture.optimizer { $0.deduplication.keepsOldestOnly = [.default] }
            let forecast = try await optimizer.run(RunRequest([.deduplication], isDryRun: true))
            let report = try await optimizer.run(RunRequest([.deduplication]))
            #expect(try fixture.keys() == ["pinned", "single", "z"])
            #expect(try fixture.keys(in: other) == ["a", "m", "z"])
            #expect(report[.deduplication]?.findings == ["duplicates_removed": 2])
            // The content stays, so that nothing is won on the disk.
            #expect(report.spaceSavedBytes == 0)
            #expect(
                forecast[.deduplication]
                    == report[.deduplication].map { report in
                        var report = report
                        report.durationSeconds = forecast[.deduplication]?.durationSeconds ?? 0
                        report.cpuSeconds = forecast[.deduplication]?.cpuSeconds ?? 0
                        return report
                    }
            )
        }
    }

    @Test
    func duplicatesAreReportedThoseThatSaveMostFirst() async throws {
        try await OptimizerFixture.run { fixture in
            for key in ["a", "b", "c"] { try await fixture.put(key, sample(100, seed: 1)) }
            for key in ["d", "e"] { try await fixture.put(key, sample(5_000, seed: 2)) }
            for key in ["f", "g"] { try await fixture.put(key, sample(200, seed: 3)) }
            try await fixture.put("h", sample(9_000, seed: 4))
            let optimizer = fixture.optimizer()
            let groups = try optimizer.duplicates(limit: 10)
            #expect(groups.map(\.savedBytes) == [5_000, 200, 200])
            let totals = try fixture.catalog.totals()
            #expect(groups.reduce(0) { $0 + $1.savedBytes } == totals.logicalBytes - totals.distinctBytes)
            var paged: [DuplicateGroup] = []
            while true {
                let page = try optimizer.duplicates(after: paged.last?.position, limit: 1)
                guard let group = page.first else { break }
                paged.append(group)
            }
            #expect(paged == groups)
            #expect(try optimizer.files(of: groups[0], limit: 10).map(\.key.text) == ["d", "e"])
        }
    }
}
