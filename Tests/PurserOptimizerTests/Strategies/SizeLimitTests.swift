import SystemPackage
import Synchronization
import PurserTestSupport
import PurserOperations
import PurserBlobs
import NIOCore
import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserStore
import PurserOptimizer
import Testing

@Suite(.timeLimit(.minutes(2)))
struct SizeLimitTests {
    /// Files of 1,000 bytes and more, written one after another, the first one read last.
    private func fill(_ fixture: OptimizerFixture) async throws {
        for (number, size) in [1_000, 3_000, 2_000, 1_500, 2_500].enumerated() {
            try await fixture.put("\(number)", sample(size, seed: UInt64(number)))
            fixture.time.advance(by: .seconds(60))
        }
        fixture.time.advance(by: .seconds(7_200))
        _ = try await fixture.read("0")
        fixture.time.advance(by: .seconds(7_200))
    }

    @Test(arguments: [
        (RemovalOrder.oldest, ["3", "4"]), (.leastRecentlyUsed, ["0", "3", "4"]), (.largest, ["0", "2", "3"]),
    ])
    func filesGoInTheirOrderDownToTheLowMark(_ order: RemovalOrder, _ left: [String]) async throws {
        try await OptimizerFixture.run { fixture in
            try await self.fill(fixture)
            let optimizer = fixture.optimizer {
                $0.sizeLimit.maxStorageSize = 9_000
                $0.sizeLimit.lowMark = 5_100
                $0.sizeLimit.order = order
            }
            // 10,000 are there; so at least 4,900 have to go.
            let forecast = try await optimizer.run(RunRequest([.sizeLimit], isDryRun: true))
            #expect(try fixture.keys().count == 5)
            let report = try await optimizer.run(RunRequest([.sizeLimit]))
            #expect(try fixture.keys() == left)
            #expect(forecast[.sizeLimit]?.filesProcessed == report[.sizeLimit]?.filesProcessed)
            #expect(forecast.spaceSavedBytes == report.spaceSavedBytes)
            let totals = try fixture.catalog.totals()
            #expect(report.spaceSavedBytes == 10_000 - (totals.physicalBytes - totals.reclaimableBytes))
            // The bytes that wait for their collection count no more: nothing else goes.
            #expect(try await optimizer.run(RunRequest([.sizeLimit])).filesProcessed == 0)
        }
    }

    @Test
    func nothingGoesBelowTheHighMark() async throws {
        try await OptimizerFixture.run { fixture in
            try await self.fill(fixture)
            let optimizer = fixture.optimizer {
                $0.sizeLimit.maxStorageSize = 10_000
                $0.sizeLimit.lowMark = 10
            }
            #expect(try await optimizer.run(RunRequest([.sizeLimit])).filesProcessed == 0)
            #expect(try fixture.keys().count == 5)
        }
    }

    @Test
    func nameGoesOnlyWhereItsBytesDo() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("first", sample(3_000, seed: 1))
            fixture.time.advance(by: .seconds(60))
            try await fixture.put("second", sample(3_000, seed: 2))
            fixture.time.advance(by: .seconds(60))
            try await fixture.put("last", sample(3_000, seed: 1))
            fixture.time.advance(by: .seconds(60))
            let optimizer = fixture.optimizer {
                $0.sizeLimit.maxStorageSize = 5_000
                $0.sizeLimit.lowMark = 4_000
                $0.sizeLimit.order = .oldest
            }
            // The oldest name shares its content with the youngest: losing it would win nothing.
            try await optimizer.run(RunRequest([.sizeLimit]))
            #expect(try fixture.keys() == ["first", "last"])
            let tighter = fixture.optimizer {
                $0.sizeLimit.maxStorageSize = 1_000
                $0.sizeLimit.order = .oldest
            }
            let report = try await tighter.run(RunRequest([.sizeLimit]))
            #expect(try fixture.keys().isEmpty)
            #expect(report.spaceSavedBytes == 3_000)
            #expect(report.filesProcessed == 2)
        }
    }

    @Test
    func bucketsHaveLimitsOfTheirOwn() async throws {
        try await OptimizerFixture.run { fixture in
            let other = try BucketName("other")
            _ = try await fixture.store.createBucket(other)
            for number in 0..<4 {
                try await fixture.put("\(number)", sample(1_000, seed: UInt64(number)), in: other)
                try await fixture.put("\(number)", sample(1_000, seed: UInt64(number)))
                fixture.time.advance(by: .seconds(60))
            }
            let optimizer = fixture.optimizer {
                $0.sizeLimit.buckets = [.init(other, maxBytes: 3_500, lowMark: 2_000)]
            }
            let forecast = try await optimizer.run(RunRequest([.sizeLimit], isDryRun: true))
            #expect(forecast.filesProcessed == 2)
            try await optimizer.run(RunRequest([.sizeLimit]))
            #expect(try fixture.keys(in: other) == ["2", "3"])
            #expect(try fixture.keys().count == 4)
        }
    }

    @Test
    func pinnedAndFilteredFilesStayEvenIfThatIsNotEnough() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("pinned", sample(3_000, seed: 1), metadata: ["pin": "true"])
            try await fixture.put("tmp/a", sample(3_000, seed: 2))
            try await fixture.put("keep", sample(3_000, seed: 3))
            let optimizer = fixture.optimizer {
                $0.sizeLimit.maxStorageSize = 1_000
                $0.sizeLimit.filter.prefix = "tmp/"
            }
            let report = try await optimizer.run(RunRequest([.sizeLimit]))
            #expect(try fixture.keys() == ["keep", "pinned"])
            #expect(report[.sizeLimit]?.findings["not_enough_files"] == 1)
        }
    }
}
