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
struct AgeTests {
    private static let day = Duration.seconds(86_400)

    @Test(arguments: [true, false])
    func oldFilesGoAndYoungOnesStay(_ isDryRun: Bool) async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("old", sample(5_000, seed: 1))
            try await fixture.put("old too", sample(100, seed: 2))
            try await fixture.put("shared", sample(6_000, seed: 3))
            fixture.time.advance(by: Self.day * 31)
            try await fixture.put("young", sample(7_000, seed: 4))
            try await fixture.put("young shared", sample(6_000, seed: 3))
            let report = try await fixture.optimizer().run(RunRequest([.age], isDryRun: isDryRun))
            #expect(report.state == .succeeded)
            let age = try #require(report[.age])
            #expect(age.filesExamined == 3)
            #expect(age.filesProcessed == 3)
            // What another name still holds is not won.
            #expect(age.spaceSavedBytes == 5_100)
            #expect((age.bytesBefore, age.bytesAfter) == (11_100, 6_000))
            let left = isDryRun ? ["old", "old too", "shared", "young", "young shared"] : ["young", "young shared"]
            #expect(try fixture.keys() == left)
            let trail = try fixture.optimizer().removals(ofRun: report.id, limit: 10)
            #expect(trail.map(\.key.text).sorted() == (isDryRun ? [] : ["old", "old too", "shared"]))
            #expect(trail.allSatisfy { $0.reason == "written 31.0 d ago, limit 30.0 d" })
            #expect(try await fixture.read("young shared") == sample(6_000, seed: 3))
        }
    }

    @Test
    func pinnedYoungAndOpenFilesStay() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("pinned", sample(10, seed: 1), metadata: ["pin": "true"])
            try await fixture.put("open", sample(5_000, seed: 2))
            try await fixture.put("gone", sample(10, seed: 3))
            let optimizer = fixture.optimizer {
                $0.age.maxFileAge = .seconds(10)
                $0.minAge = .seconds(100)
            }
            fixture.time.advance(by: .seconds(99))
            #expect(try await optimizer.run(RunRequest([.age])).filesProcessed == 0)
            fixture.time.advance(by: .seconds(1))
            let reading = try fixture.store.open(bucket: .default, key: FileKey("open"))
            #expect(try await optimizer.run(RunRequest([.age])).filesProcessed == 1)
            #expect(try fixture.keys() == ["open", "pinned"])
            withExtendedLifetime(reading) {}
        }
    }

    @Test
    func fileIsRemovedOnceNobodyReadsItAnyMore() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("a", sample(5_000))
            fixture.time.advance(by: Self.day * 40)
            let optimizer = fixture.optimizer()
            do {
                let reading = try fixture.store.open(bucket: .default, key: FileKey("a"))
                #expect(try await optimizer.run(RunRequest([.age])).filesProcessed == 0)
                withExtendedLifetime(reading) {}
            }
            #expect(try await optimizer.run(RunRequest([.age])).filesProcessed == 1)
        }
    }

    @Test
    func ageCanCountFromTheLastRead() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("read", sample(10, seed: 1))
            try await fixture.put("unread", sample(10, seed: 2))
            fixture.time.advance(by: Self.day * 20)
            _ = try await fixture.read("read")
            fixture.time.advance(by: Self.day * 20)
            let optimizer = fixture.optimizer { $0.age.basis = .accessed }
            // Noted and not written down: that counts too.
            #expect(try await optimizer.run(RunRequest([.age], isDryRun: true)).filesProcessed == 1)
            try await optimizer.run(RunRequest([.age]))
            #expect(try fixture.keys() == ["read"])
            try await fixture.catalog.flushAccesses()
            try await optimizer.run(RunRequest([.age]))
            #expect(try fixture.keys() == ["read"])
            fixture.time.advance(by: Self.day * 11)
            try await optimizer.run(RunRequest([.age]))
            #expect(try fixture.keys() == [])
        }
    }

    @Test
    func rulesDecideInTheirOrder() async throws {
        try await OptimizerFixture.run { fixture in
            let other = try BucketName("other")
            _ = try await fixture.store.createBucket(other)
            try await fixture.put("tmp/a", sample(10, seed: 1))
            try await fixture.put("tmp/keep", sample(10, seed: 2), metadata: ["class": "gold"])
            try await fixture.put("a", sample(10, seed: 3))
            try await fixture.put("a.png", sample(10, seed: 4), type: "Image/PNG; q=1")
            try await fixture.put("a", sample(10, seed: 5), in: other)
            fixture.time.advance(by: Self.day * 2)
            var gold = FileFilter()
            gold.metadata = ["class": "gold"]
            var temporary = FileFilter()
            temporary.prefix = "tmp/"
            var images = FileFilter()
            images.contentTypes = ["image/*"]
            var others = FileFilter()
            others.bucket = other
            let rules = [
                AgePolicy.Rule(gold, maxFileAge: nil), AgePolicy.Rule(temporary, maxFileAge: Self.day),
                AgePolicy.Rule(images, maxFileAge: Self.day), AgePolicy.Rule(others, maxFileAge: Self.day),
            ]
            try await fixture.optimizer { $0.age.rules = rules }.run(RunRequest([.age]))
            #expect(try fixture.keys() == ["a", "tmp/keep"])
            #expect(try fixture.keys(in: other) == [])
        }
    }

    @Test
    func manyFilesGoInBatches() async throws {
        try await OptimizerFixture.run { fixture in
            for number in 0..<450 { try await fixture.put("\(number)", sample(20, seed: UInt64(number))) }
            fixture.time.advance(by: Self.day * 31)
            let report = try await fixture.optimizer().run(RunRequest([.age]))
            #expect(report.filesProcessed == 450)
            #expect(report.spaceSavedBytes == 9_000)
            #expect(try fixture.keys().isEmpty)
            #expect(try fixture.optimizer().removals(ofRun: report.id, limit: 1_000).count == 450)
        }
    }
}
