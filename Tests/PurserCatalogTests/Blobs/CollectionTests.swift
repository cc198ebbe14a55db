import Foundation
import PurserIdentifiers
import Testing

@testable import PurserCatalog

@Suite
struct CollectionTests {
    /// Commits a file and deletes it, at that second.
    private func retire(_ number: Int, at second: Int, in catalog: Catalog) async throws {
        _ = try await catalog.commit(.sample("gone", number))
        _ = try await catalog.delete(bucket: .default, key: try FileKey("gone"), at: .second(second))
    }

    @Test
    func retiredContentsComeInTheOrderOfTheirTime() async throws {
        try await CatalogFixture.run { catalog in
            for (number, second) in [(1, 30), (2, 10), (3, 20)] {
                try await self.retire(number, at: second, in: catalog)
            }
            #expect(try catalog.retiredBlobs(before: .second(30), limit: 9).map(\.id) == [.sample(2), .sample(3)])
            #expect(try catalog.retiredBlobs(before: .second(99), limit: 1).map(\.id) == [.sample(2)])
        }
    }

    @Test
    func contentIsForgottenInTwoSteps() async throws {
        try await CatalogFixture.run { catalog in
            try await self.retire(1, at: 10, in: catalog)
            await expectError(.blobInUse) { try await catalog.forget(.sample(1)) }
            #expect(try await catalog.markDeleting(.sample(1), retiredBefore: .second(10)) == false)
            #expect(try await catalog.markDeleting(.sample(1), retiredBefore: .second(11)))
            #expect(try await catalog.markDeleting(.sample(1), retiredBefore: .second(11)) == false)
            #expect(try catalog.deletingBlobs(limit: 9).map(\.id) == [.sample(1)])
            #expect(try catalog.retiredBlobs(before: .second(99), limit: 9).isEmpty)
            #expect(try catalog.totals().reclaimableBytes == 10)
            try await catalog.forget(.sample(1))
            try await catalog.forget(.sample(1))
            #expect(try catalog.blob(.sample(1)) == nil)
            #expect(try catalog.inlineContent(of: .sample(1)) == nil)
            #expect(try catalog.totals() == CatalogTotals(buckets: 1))
        }
    }

    @Test
    func contentBeingDeletedIsNotTakenUp() async throws {
        try await CatalogFixture.run { catalog in
            try await self.retire(1, at: 10, in: catalog)
            #expect(try await catalog.markDeleting(.sample(1), retiredBefore: .second(11)))
            await expectError(.blobAbsent) { try await catalog.commit(.sample("a", 1, content: .existing)) }
            await expectError(.blobDeleting) { try await catalog.commit(.sample("a", 1)) }
            #expect(try catalog.totals().files == 0)
            try await catalog.forget(.sample(1))
            #expect(try await catalog.commit(.sample("a", 1)).usedOfferedBytes)
        }
    }

    @Test
    func retiredContentLivesAgainWithItsNextFile() async throws {
        try await CatalogFixture.run { catalog in
            try await self.retire(1, at: 10, in: catalog)
            let outcome = try await catalog.commit(.sample("a", 1, content: .existing))
            #expect(outcome.deduplicated)
            let blob = try #require(try catalog.blob(.sample(1)))
            #expect(blob.state == .live)
            #expect(blob.retiredAt == nil)
            #expect(try await catalog.markDeleting(.sample(1), retiredBefore: .second(99)) == false)
            #expect(try catalog.totals().reclaimableBytes == 0)
        }
    }

    @Test
    func lentContentIsWhatWasCommitted() async throws {
        try await CatalogFixture.run { catalog in
            struct Refusal: Error {}
            let bytes = Data((0..<70_000).map { UInt8(truncatingIfNeeded: $0 * 7) })
            _ = try await catalog.commit(.sample("a", 1, size: bytes.count, content: .inline(bytes)))
            #expect(try catalog.withInlineContent(of: .sample(1)) { Data($0) } == bytes)
            #expect(try catalog.withInlineContent(of: .sample(2)) { Data($0) } == nil)
            #expect(throws: Refusal.self) { try catalog.withInlineContent(of: .sample(1)) { _ in throw Refusal() } }
        }
    }
}
