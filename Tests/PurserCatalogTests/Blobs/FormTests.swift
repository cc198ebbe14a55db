import Foundation
import PurserIdentifiers
import Testing

@testable import PurserCatalog

/// A content can be kept otherwise without its files noticing.
@Suite
struct FormTests {
    private static let zstd = BlobForm(encoding: "zstd", storedSize: 40)

    private func commitRaw(_ number: Int, size: Int, in catalog: Catalog) async throws {
        let content = NewFile.Content.stored(encoding: "raw", storedBytes: Int64(size))
        _ = try await catalog.commit(.sample("\(number)", number, size: size, content: content))
    }

    @Test
    func contentInAFileIsKeptOtherwiseAndCounted() async throws {
        try await CatalogFixture.run { catalog in
            try await self.commitRaw(1, size: 100, in: catalog)
            _ = try catalog.file(bucket: .default, key: FileKey("1"))
            let seen = try #require(try catalog.blob(.sample(1))?.form)
            #expect(try await catalog.keep(.sample(1), as: Self.zstd, insteadOf: seen))
            let file = try #require(try catalog.file(bucket: .default, key: FileKey("1")))
            #expect(file.encoding == "zstd" && file.storedSize == 40 && file.size == 100)
            let totals = try catalog.totals()
            #expect(totals.physicalBytes == 40 && totals.distinctBytes == 100 && totals.inlineBytes == 0)
        }
    }

    @Test
    func inlineBytesAreReplacedInTheCatalog() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a", 1, size: 100))
            let seen = try #require(try catalog.blob(.sample(1))?.form)
            let form = BlobForm(encoding: "inline-zstd", bytes: Data([1, 2, 3]))
            #expect(try await catalog.keep(.sample(1), as: form, insteadOf: seen))
            #expect(try catalog.inlineContent(of: .sample(1)) == [1, 2, 3])
            #expect(try catalog.blob(.sample(1))?.isInline == true)
            let totals = try catalog.totals()
            #expect(totals.physicalBytes == 3 && totals.inlineBytes == 3)
            // The same content again is not compared with bytes that only the store can decode.
            await expectError(.blobElsewhere) {
                try await catalog.commit(.sample("b", 1, size: 100), comparesBytes: true)
            }
            #expect(try await catalog.commit(.sample("b", 1, size: 100, content: .existing)).deduplicated)
            _ = try await catalog.delete(bucket: .default, key: FileKey("a"), at: .second(1))
            _ = try await catalog.delete(bucket: .default, key: FileKey("b"), at: .second(1))
            #expect(try await catalog.markDeleting(.sample(1), retiredBefore: .second(9)))
            try await catalog.forget(.sample(1))
            #expect(try catalog.inlineContent(of: .sample(1)) == nil)
            #expect(try catalog.totals() == CatalogTotals(buckets: 1))
        }
    }

    @Test
    func severalAreKeptOtherwiseInOneTransactionButThoseThatHaveChanged() async throws {
        try await CatalogFixture.run { catalog in
            for number in 1...3 { _ = try await catalog.commit(.sample("\(number)", number, size: 100)) }
            let changes = try (1...3).map { number in
                let seen = try #require(try catalog.blob(.sample(number))?.form)
                let form = BlobForm(encoding: "inline-zstd", bytes: Data([1, 2, UInt8(number)]))
                return FormChange(of: .sample(number), from: seen, to: form)
            }
            _ = try await catalog.delete(bucket: .default, key: FileKey("2"), at: .second(1))
            let batches = catalog.metrics().batches
            #expect(try await catalog.keep(changes) == [true, false, true])
            #expect(catalog.metrics().batches == batches + 1)
            #expect(try catalog.inlineContent(of: .sample(3)) == [1, 2, 3])
            #expect(try catalog.blob(.sample(2))?.encoding == BlobRecord.inlineEncoding)
            #expect(try catalog.totals().physicalBytes == 106)
            // One that cannot be kept so leaves the others alone.
            var wrong = changes
            wrong[2].form = BlobForm(encoding: "zstd", bytes: Data([1]))
            wrong[0].seen = wrong[0].form
            wrong[0].form = BlobForm(encoding: "inline", bytes: Data([9]))
            await expectError(.contradiction) { _ = try await catalog.keep(wrong) }
            #expect(try catalog.inlineContent(of: .sample(1)) == [1, 2, 1])
        }
    }

    @Test
    func contentThatIsNotAsItWasSeenStaysAsItIs() async throws {
        try await CatalogFixture.run { catalog in
            try await self.commitRaw(1, size: 100, in: catalog)
            let seen = try #require(try catalog.blob(.sample(1))?.form)
            let other = BlobForm(encoding: "gzip", storedSize: 50)
            #expect(try await catalog.keep(.sample(1), as: Self.zstd, insteadOf: other) == false)
            #expect(try await catalog.keep(.sample(2), as: Self.zstd, insteadOf: seen) == false)
            try await catalog.flag(.sample(1), damaged: true)
            #expect(try await catalog.keep(.sample(1), as: Self.zstd, insteadOf: seen) == false)
            try await catalog.flag(.sample(1), damaged: false)
            _ = try await catalog.delete(bucket: .default, key: FileKey("1"), at: .second(1))
            #expect(try await catalog.keep(.sample(1), as: Self.zstd, insteadOf: seen) == false)
            #expect(try catalog.blob(.sample(1))?.form == seen)
        }
    }

    @Test(arguments: [
        BlobForm(encoding: "inline-zstd", storedSize: 3), BlobForm(encoding: "zstd", bytes: Data([1])),
        BlobForm(encoding: "", storedSize: 3),
    ])
    func formThatContradictsItselfIsRefused(_ form: BlobForm) async throws {
        try await CatalogFixture.run { catalog in
            try await self.commitRaw(1, size: 100, in: catalog)
            let seen = try #require(try catalog.blob(.sample(1))?.form)
            await expectError(.contradiction) { _ = try await catalog.keep(.sample(1), as: form, insteadOf: seen) }
        }
    }
}
