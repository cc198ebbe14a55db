import Foundation
import GRDB
import PurserIdentifiers
import Testing

@testable import PurserCatalog

@Suite
struct RemovalTests {
    private func candidates(_ catalog: Catalog) throws -> [FileRemoval] {
        try catalog.filesByModification(before: .distantFuture, after: nil, limit: 100).files.map {
            FileRemoval($0, reason: "test")
        }
    }

    @Test
    func filesGoWithAnEntryInTheTrailAndTheLastNameReleasesTheBytes() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a", 1, size: 100, at: 1))
            _ = try await catalog.commit(.sample("b", 1, size: 100, at: 2))
            _ = try await catalog.commit(.sample("c", 2, size: 30, at: 3))
            let files = try self.candidates(catalog)
            let first = try await catalog.remove(
                Array(files.prefix(1)),
                run: "r",
                strategy: "age",
                at: .second(9)
            )
            #expect((first.files, first.bytes, first.released, first.spared) == (1, 100, 0, 0))
            #expect(first.releasedInBuckets == 0)
            let rest = try await catalog.remove(Array(files.dropFirst()), run: "r", strategy: "age", at: .second(10))
            #expect((rest.files, rest.bytes, rest.released, rest.spared) == (2, 130, 130, 0))
            let trail = try catalog.removals(ofRun: "r", after: 0, limit: 10)
            #expect(trail.map(\.key.text) == ["a", "b", "c"])
            #expect(trail.map(\.released) == [0, 100, 30])
            #expect(trail.map(\.time) == [.second(9), .second(10), .second(10)])
            #expect(trail.allSatisfy { $0.reason == "test" && $0.strategy == "age" && $0.bucket == "default" })
            #expect(try catalog.removals(ofRun: "r", after: trail[0].number, limit: 1) == [trail[1]])
            #expect(try catalog.removalFigures(ofRun: "r")["age"]?.released == 130)
            let totals = try catalog.totals()
            #expect((totals.files, totals.logicalBytes, totals.reclaimableBytes) == (0, 0, 130))
            #expect(try catalog.bucket(.default)?.files == 0)
            #expect(try catalog.isCredited(.sample(1)) && catalog.isCredited(.sample(2)))
        }
    }

    @Test(arguments: ["replaced", "rewritten", "read", "deleted", "moved"])
    func fileThatIsNotAsItWasSeenStays(_ change: String) async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a", 1, at: 1))
            let files = try self.candidates(catalog)
            let key = try FileKey("a")
            switch change {
            case "replaced": _ = try await catalog.commit(.sample("a", 2, at: 1))
            case "rewritten": _ = try await catalog.commit(.sample("a", 1, at: 2))
            case "read":
                catalog.noteAccess(bucket: .default, key: key, at: .second(5))
                try await catalog.flushAccesses()
            case "deleted": _ = try await catalog.delete(bucket: .default, key: key, at: .second(2))
            default:
                _ = try await catalog.delete(bucket: .default, key: key, at: .second(2))
                _ = try await catalog.commit(.sample("a", 1, at: 3))
            }
            let outcome = try await catalog.remove(files, run: "r", strategy: "age", at: .second(9))
            #expect((outcome.files, outcome.spared) == (0, 1))
            #expect(try (catalog.file(bucket: .default, key: key) == nil) == (change == "deleted"))
            #expect(try catalog.removals(ofRun: "r", after: 0, limit: 10).isEmpty)
        }
    }

    /// Whoever chose further names may find the first one gone.
    @Test
    func lastNameOfABucketStaysWhereThatIsAskedFor() async throws {
        try await CatalogFixture.run { catalog in
            let other = try BucketName("other")
            _ = try await catalog.createBucket(other, at: .second(0))
            for (number, key) in ["a", "b", "c"].enumerated() {
                _ = try await catalog.commit(.sample(key, 1, size: 100, at: number))
            }
            _ = try await catalog.commit(.sample("elsewhere", 1, size: 100, in: other, at: 4))
            let further = try self.candidates(catalog).filter { ["b", "c"].contains($0.file.key.text) }.map {
                FileRemoval($0.file, reason: $0.reason, sparesLastName: true)
            }
            _ = try await catalog.delete(bucket: .default, key: FileKey("a"), at: .second(8))
            let outcome = try await catalog.remove(further, run: "r", strategy: "deduplication", at: .second(9))
            #expect((outcome.files, outcome.spared) == (1, 1))
            #expect(try catalog.file(bucket: .default, key: FileKey("b")) == nil)
            #expect(try catalog.file(bucket: .default, key: FileKey("c")) != nil)
        }
    }

    @Test
    func cachedRowOfARemovedFileIsNotAnswered() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a", 1, at: 1))
            #expect(try catalog.file(bucket: .default, key: FileKey("a")) != nil)
            #expect(try catalog.file(bucket: .default, key: FileKey("a")) != nil)
            _ = try await catalog.remove(try self.candidates(catalog), run: "r", strategy: "age", at: .second(9))
            #expect(try catalog.file(bucket: .default, key: FileKey("a")) == nil)
        }
    }

    @Test
    func creditIsGoneOnceTheContentWasTakenUpAgain() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a", 1, size: 10, at: 1))
            _ = try await catalog.remove(try self.candidates(catalog), run: "r", strategy: "age", at: .second(9))
            #expect(
                try catalog.retiredFigures(before: .second(10)) == RetiredFigures(blobs: 1, bytes: 10, uncredited: 0)
            )
            _ = try await catalog.commit(.sample("b", 1, size: 10, at: 11))
            _ = try await catalog.delete(bucket: .default, key: FileKey("b"), at: .second(12))
            #expect(try !catalog.isCredited(.sample(1)))
            #expect(
                try catalog.retiredFigures(before: .second(13)) == RetiredFigures(blobs: 1, bytes: 10, uncredited: 10)
            )
        }
    }

    @Test
    func trailIsBoundedByAgeAndNumber() async throws {
        try await CatalogFixture.run { catalog in
            for number in 1...10 {
                _ = try await catalog.commit(.sample("a", number, at: number))
                _ = try await catalog.remove(
                    try self.candidates(catalog),
                    run: "r",
                    strategy: "age",
                    at: .second(100 + number)
                )
            }
            func left() throws -> [Date] { try catalog.removals(ofRun: "r", after: 0, limit: 99).map(\.time) }
            #expect(try await catalog.forgetRemovals(before: .second(104), keeping: 100, limit: 2) == 2)
            #expect(try await catalog.forgetRemovals(before: .second(104), keeping: 100, limit: 2) == 1)
            #expect(try await catalog.forgetRemovals(before: .second(104), keeping: 100, limit: 2) == 0)
            #expect(try left().first == .second(104))
            #expect(try await catalog.forgetRemovals(before: .second(0), keeping: 3, limit: 99) == 4)
            #expect(try left() == [.second(108), .second(109), .second(110)])
        }
    }
}
