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

    /// A file that is read between its choice and its removal stays, and the next in the order goes.
    @Test
    func filesAfterOneThatStaysHaveTheirTurn() async throws {
        try await OptimizerFixture.run { fixture in
            let begin = fixture.time.now()
            for number in 0..<4 {
                try await fixture.put("\(number)", sample(1_000, seed: UInt64(number)))
                fixture.time.advance(by: .seconds(30 * 86_400))
            }
            // Each look at the clock finds that the first one was read a little later.
            let looks = Mutex(0)
            let (catalog, key) = (fixture.catalog, try FileKey("0"))
            let now = fixture.time.now()
            var configuration = OptimizerConfiguration()
            configuration.minAge = .zero
            configuration.sizeLimit.maxStorageSize = 3_500
            configuration.sizeLimit.lowMark = 3_000
            configuration.sizeLimit.order = .leastRecentlyUsed
            let optimizer = StorageOptimizer(
                store: fixture.store,
                resources: fixture.resources,
                tracker: fixture.tracker,
                configuration: configuration,
                now: {
                    let look = looks.withLock { count in
                        count += 1
                        return count
                    }
                    catalog.noteAccess(bucket: .default, key: key, at: begin + Double(look) * 7_200)
                    return now
                },
                logger: quiet
            )
            let report = try await optimizer.run(RunRequest([.sizeLimit]))
            #expect(report[.sizeLimit]?.findings["spared"] == 1)
            #expect(try fixture.keys() == ["0", "2", "3"])
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

    /// Files of 1,000 bytes of text each in a bucket, kept in less after a run of the codec.
    private func fillWithText(_ bucket: BucketName, _ fixture: OptimizerFixture) async throws -> Int64 {
        _ = try await fixture.store.createBucket(bucket)
        for number in 0..<6 {
            let text = ByteBuffer(string: String(repeating: "\(number) ", count: 5_000))
            try await fixture.put("\(number)", text, in: bucket)
            fixture.time.advance(by: .seconds(60))
        }
        let store = fixture.store
        let codec = Reencoder { blob, operation, _, throttle in
            let request = ReencodeRequest(coding: .zstd)
            let outcome = try await store.reencode(blob.id, request, operation: operation, throttle: throttle)
            return .encoded(before: outcome.bytesBefore, after: outcome.bytesAfter)
        }
        let report = try await fixture.optimizer(reencode: codec).run(RunRequest([.compression]))
        #expect(report[.compression]?.filesProcessed == 6)
        return try #require(try fixture.catalog.bucket(bucket)).physicalBytes
    }

    /// A limit is on what the bucket takes, which is less than what its users see.
    @Test
    func limitOfABucketGoesByTheBytesAsKept() async throws {
        try await OptimizerFixture.run { fixture in
            let other = try BucketName("other")
            let used = try await self.fillWithText(other, fixture)
            let logical = try #require(try fixture.catalog.bucket(other)).logicalBytes
            #expect(used > 0 && used < logical / 10)
            let wide = fixture.optimizer { $0.sizeLimit.buckets = [.init(other, maxBytes: used, lowMark: 1)] }
            #expect(try await wide.plan([.sizeLimit])[.sizeLimit] == CandidateFigures())
            #expect(try await wide.run(RunRequest([.sizeLimit])).filesProcessed == 0)
            let tight = fixture.optimizer {
                $0.sizeLimit.order = .oldest
                $0.sizeLimit.buckets = [.init(other, maxBytes: used - 1, lowMark: used / 10 * 6)]
            }
            try await self.expectAgreement(tight)
            let left = try #require(try fixture.catalog.bucket(other))
            #expect(left.physicalBytes <= used / 10 * 6 && left.physicalBytes > used / 3)
            #expect(try fixture.keys(in: other) == ["3", "4", "5"])
        }
    }

    /// Plan, dry run and run choose the same files.
    private func expectAgreement(_ optimizer: StorageOptimizer, _ strategies: Set<StrategyName> = [.sizeLimit])
        async throws
    {
        let plan = try await optimizer.plan([.sizeLimit])[.sizeLimit]
        let forecast = try await optimizer.run(RunRequest(strategies, isDryRun: true))
        let report = try await optimizer.run(RunRequest(strategies))
        #expect(report[.sizeLimit]?.filesProcessed ?? 0 > 0)
        #expect(forecast[.sizeLimit]?.filesProcessed == report[.sizeLimit]?.filesProcessed)
        #expect(forecast.spaceSavedBytes == report.spaceSavedBytes)
        guard strategies == [.sizeLimit] else { return }
        #expect(plan?.files == report[.sizeLimit]?.filesProcessed)
        #expect(plan?.bytes == report[.sizeLimit]?.bytesBefore)
    }

    /// A content that the bucket has under two names, and another bucket too.
    @Test
    func sharedContentLeavesTheBucketWithItsLastNameThere() async throws {
        try await OptimizerFixture.run { fixture in
            let other = try BucketName("other")
            _ = try await fixture.store.createBucket(other)
            for (key, seed, bucket) in [
                ("a", 1, other), ("kept", 1, .default), ("b", 2, other), ("c", 1, other), ("d", 3, other),
            ] {
                try await fixture.put(key, sample(3_000, seed: UInt64(seed)), in: bucket)
                fixture.time.advance(by: .seconds(60))
            }
            #expect(try fixture.catalog.bucket(other)?.physicalBytes == 9_000)
            // The oldest name wins nothing while there is another; so the next one goes first, and is enough.
            try await self.expectAgreement(
                fixture.optimizer {
                    $0.sizeLimit.order = .oldest
                    $0.sizeLimit.buckets = [.init(other, maxBytes: 8_000, lowMark: 6_000)]
                }
            )
            #expect(try fixture.keys(in: other) == ["a", "c", "d"])
            // Now both names go: the bucket is smaller by that, and the store is not.
            let physical = try fixture.catalog.totals().physicalBytes
            try await self.expectAgreement(
                fixture.optimizer {
                    $0.sizeLimit.order = .oldest
                    $0.sizeLimit.buckets = [.init(other, maxBytes: 5_000, lowMark: 3_000)]
                }
            )
            #expect(try fixture.keys(in: other) == ["d"] && fixture.keys() == ["kept"])
            #expect(try fixture.catalog.bucket(other)?.physicalBytes == 3_000)
            #expect(try fixture.catalog.totals().physicalBytes == physical)
            #expect(try await fixture.read("kept") == sample(3_000, seed: 1))
        }
    }

    /// What an earlier strategy or limit would remove counts no more, also where it is one of several names.
    @Test
    func dryRunOfSeveralLimitsAgreesWithTheRun() async throws {
        try await OptimizerFixture.run { fixture in
            let other = try BucketName("other")
            _ = try await fixture.store.createBucket(other)
            try await fixture.put("old", sample(4_000, seed: 1), in: other)
            fixture.time.advance(by: .seconds(40 * 86_400))
            try await fixture.put("young", sample(4_000, seed: 1), in: other)
            for number in 2..<6 {
                fixture.time.advance(by: .seconds(60))
                try await fixture.put("\(number)", sample(1_000, seed: UInt64(number)), in: other)
                try await fixture.put("\(number)", sample(2_000, seed: UInt64(number)))
            }
            // 16,000 bytes: the store's limit takes the old content, and the bucket's what is too much after that.
            let optimizer = fixture.optimizer {
                $0.sizeLimit.order = .oldest
                $0.sizeLimit.maxStorageSize = 15_000
                $0.sizeLimit.lowMark = 13_000
                $0.sizeLimit.buckets = [.init(other, maxBytes: 3_000, lowMark: 2_000)]
            }
            try await self.expectAgreement(optimizer, [.age, .sizeLimit])
            #expect(try fixture.keys(in: other) == ["4", "5"])
            #expect(try fixture.keys() == ["2", "3", "4", "5"])
        }
    }

    /// More names than go in one transaction.
    @Test
    func manyNamesOfOneContentGoTogether() async throws {
        try await OptimizerFixture.run { fixture in
            for number in 0..<450 { try await fixture.put("\(number)", sample(3_000, seed: 1)) }
            fixture.time.advance(by: .seconds(60))
            try await fixture.put("young", sample(3_000, seed: 2))
            try await self.expectAgreement(
                fixture.optimizer {
                    $0.sizeLimit.order = .oldest
                    $0.sizeLimit.maxStorageSize = 5_000
                    $0.sizeLimit.lowMark = 3_000
                }
            )
            #expect(try fixture.keys() == ["young"])
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
