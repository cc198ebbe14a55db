import Foundation
import PurserIdentifiers
import Testing

@testable import PurserCatalog

/// Which contents are worth an attempt to encode them.
@Suite
struct UnencodedBlobTests {
    private static let zstd = BlobForm(encoding: "zstd", storedSize: 40)

    private func commitRaw(_ number: Int, size: Int, in catalog: Catalog) async throws {
        let content = NewFile.Content.stored(encoding: "raw", storedBytes: Int64(size))
        _ = try await catalog.commit(.sample("\(number)", number, size: size, content: content))
    }

    private func found(_ catalog: Catalog, policy: String = "zstd:3", limit: Int = 9) throws -> [BlobID] {
        try catalog.unencodedBlobs(after: 0, minSize: 512, policy: policy, limit: limit).map(\.record.id)
    }

    @Test
    func candidatesAreWhatIsWorthAnAttempt() async throws {
        try await CatalogFixture.run { catalog in
            for number in 1...9 { try await self.commitRaw(number, size: 1_000, in: catalog) }
            _ = try await catalog.commit(.sample("small", 10, size: 511))
            _ = try await catalog.commit(.sample("inline", 11, size: 512))
            let seen = try #require(try catalog.blob(.sample(1))?.form)
            #expect(try await catalog.keep(.sample(1), as: Self.zstd, insteadOf: seen))
            try await catalog.noteVerdict(on: [.sample(2), .sample(8)], policy: "zstd:3")
            try await catalog.flag(.sample(3), damaged: true)
            _ = try await catalog.delete(bucket: .default, key: FileKey("4"), at: .second(1))
            var found: [BlobID] = []
            var pages: [Int] = []
            var row: Int64 = 0
            while true {
                let page = try catalog.unencodedBlobs(after: row, minSize: 512, policy: "zstd:3", limit: 2)
                pages.append(page.count)
                guard let last = page.last else { break }
                found += page.map(\.record.id)
                row = last.row
            }
            #expect(found == [5, 6, 7, 9, 11].map { .sample($0) })
            #expect(pages == [2, 2, 1, 0])
            // Under another policy nothing is judged yet; what is encoded stays out.
            #expect(try self.found(catalog, policy: "gzip:6") == [2, 5, 6, 7, 8, 9, 11].map { .sample($0) })
        }
    }

    @Test
    func laterVerdictTakesThePlaceOfTheFormer() async throws {
        try await CatalogFixture.run { catalog in
            try await self.commitRaw(1, size: 1_000, in: catalog)
            try await catalog.noteVerdict(on: [.sample(1), .sample(77)], policy: "zstd:3")
            #expect(try self.found(catalog).isEmpty)
            try await catalog.noteVerdict(on: [.sample(1)], policy: "gzip:6")
            #expect(try self.found(catalog) == [.sample(1)])
            #expect(try self.found(catalog, policy: "gzip:6").isEmpty)
        }
    }

    /// The bytes that were judged may have been the damaged ones.
    @Test(arguments: ["stored again", "healed"])
    func newBytesAreTriedAgain(_ way: String) async throws {
        try await CatalogFixture.run { catalog in
            try await self.commitRaw(1, size: 1_000, in: catalog)
            try await catalog.noteVerdict(on: [.sample(1)], policy: "zstd:3")
            try await catalog.flag(.sample(1), damaged: true)
            if way == "healed" {
                let bytes = NewFile.Content.stored(encoding: "raw", storedBytes: 1_000)
                #expect(try await catalog.heal(.sample(1), with: bytes))
            } else {
                try await self.commitRaw(1, size: 1_000, in: catalog)
            }
            #expect(try self.found(catalog) == [.sample(1)])
        }
    }

    @Test
    func contentThatIsStoredAgainWholeIsNotJudgedAnew() async throws {
        try await CatalogFixture.run { catalog in
            try await self.commitRaw(1, size: 1_000, in: catalog)
            try await catalog.noteVerdict(on: [.sample(1)], policy: "zstd:3")
            try await self.commitRaw(1, size: 1_000, in: catalog)
            _ = try await catalog.delete(bucket: .default, key: FileKey("1"), at: .second(1))
            try await self.commitRaw(1, size: 1_000, in: catalog)
            #expect(try self.found(catalog).isEmpty)
        }
    }
}
