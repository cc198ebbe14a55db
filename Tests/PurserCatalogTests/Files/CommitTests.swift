import Foundation
import PurserIdentifiers
import Testing

@testable import PurserCatalog

@Suite
struct CommitTests {
    @Test
    func committedFileReadsAsTheOutcomeSays() async throws {
        try await CatalogFixture.run { catalog in
            var file = try NewFile.sample("a/\u{1F600}", 1, size: 3, at: 7)
            file.contentType = "image/png"
            file.metadata = ["b": "2/\"\n", "a": "é"]
            file.at += 0.000_4  // below the resolution of the catalog
            let outcome = try await catalog.commit(file)
            #expect(outcome.created)
            #expect(!outcome.deduplicated)
            #expect(outcome.usedOfferedBytes)
            let read = try #require(try catalog.file(bucket: .default, key: file.key))
            #expect(read == outcome.file)
            #expect(read.contentType == "image/png")
            #expect(read.metadata == file.metadata)
            #expect(read.createdAt == .second(7))
            #expect(read.encoding == "inline")
            #expect(try catalog.inlineContent(of: file.blob) == [1, 1, 1])
        }
    }

    @Test
    func replacingKeepsTheTimeOfCreation() async throws {
        try await CatalogFixture.run { catalog in
            let first = try await catalog.commit(.sample("a", 1, at: 1))
            let second = try await catalog.commit(.sample("a", 2, at: 9))
            #expect(second.replaced == first.file)
            #expect(!second.created)
            #expect(second.file.createdAt == .second(1))
            #expect(second.file.modifiedAt == .second(9))
            #expect(try catalog.file(bucket: .default, key: try FileKey("a")) == second.file)
            let retired = try #require(try catalog.blob(.sample(1)))
            #expect(retired.state == .retired)
            #expect(retired.retiredAt == .second(9))
        }
    }

    @Test
    func sameContentUnderTheSameKeyHasOneReference() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a", 1))
            let again = try await catalog.commit(.sample("a", 1, at: 4))
            #expect(again.deduplicated)
            #expect(!again.usedOfferedBytes)
            #expect(again.file.modifiedAt == .second(4))
            #expect(try catalog.blob(.sample(1))?.references == 1)
        }
    }

    @Test
    func knownContentIsKeptAsItIs() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a", 1))
            let stored = NewFile.Content.stored(encoding: "raw", storedBytes: 10)
            let outcome = try await catalog.commit(.sample("b", 1, content: stored))
            #expect(outcome.deduplicated)
            #expect(!outcome.usedOfferedBytes)
            #expect(outcome.file.encoding == "inline")
            #expect(try catalog.blob(.sample(1))?.references == 2)
            #expect(try catalog.totals().physicalBytes == 10)
        }
    }

    @Test
    func emptyContentIsNeverDeduplicated() async throws {
        try await CatalogFixture.run { catalog in
            for key in ["a", "b"] {
                var file = try NewFile.sample(key, size: 0)
                file.blob = .empty
                let outcome = try await catalog.commit(file)
                #expect(!outcome.deduplicated)
            }
            #expect(try catalog.blob(.empty)?.references == 2)
            #expect(try catalog.inlineContent(of: .empty) == [])
        }
    }

    @Test
    func existingContentMustBeThere() async throws {
        try await CatalogFixture.run { catalog in
            await expectError(.blobAbsent) { try await catalog.commit(.sample("b", 1, content: .existing)) }
            _ = try await catalog.commit(.sample("a", 1))
            let outcome = try await catalog.commit(.sample("b", 1, content: .existing))
            #expect(outcome.deduplicated)
            #expect(!outcome.usedOfferedBytes)
            try await catalog.flag(.sample(1), damaged: true)
            await expectError(.blobAbsent) { try await catalog.commit(.sample("c", 1, content: .existing)) }
            #expect(try catalog.totals().files == 2)
        }
    }

    @Test
    func goodBytesRepairADamagedContent() async throws {
        try await CatalogFixture.run { catalog in
            let key = try FileKey("a")
            _ = try await catalog.commit(.sample("a", 1))
            try await catalog.flag(.sample(1), damaged: true)
            #expect(try catalog.file(bucket: .default, key: key)?.isDamaged == true)
            let raw = NewFile.Content.stored(encoding: "raw", storedBytes: 10)
            let outcome = try await catalog.commit(.sample("b", 1, content: raw))
            #expect(outcome.usedOfferedBytes)
            #expect(!outcome.deduplicated)
            let repaired = try #require(try catalog.file(bucket: .default, key: key))
            #expect(!repaired.isDamaged)
            #expect(repaired.encoding == "raw")
            #expect(try catalog.inlineContent(of: .sample(1)) == nil)
            #expect(try catalog.totals().inlineBytes == 0)
            try await catalog.flag(.sample(1), damaged: true)
            #expect(try await catalog.commit(.sample("a", 1)).usedOfferedBytes)
            #expect(try catalog.inlineContent(of: .sample(1))?.count == 10)
            #expect(try catalog.blob(.sample(1))?.references == 2)
        }
    }

    @Test
    func descriptionsThatContradictThemselvesAreRefused() async throws {
        try await CatalogFixture.run { catalog in
            let shorter = NewFile.Content.inline(Data([1]))
            await expectError(.contradiction) { try await catalog.commit(.sample("a", content: shorter)) }
            let inline = NewFile.Content.stored(encoding: "inline", storedBytes: 10)
            await expectError(.contradiction) { try await catalog.commit(.sample("a", content: inline)) }
            _ = try await catalog.commit(.sample("a", 1, size: 10))
            await expectError(.contradiction) { try await catalog.commit(.sample("b", 1, size: 11)) }
            #expect(try catalog.totals().files == 1)
        }
    }

    @Test
    func keysThatLookAlikeAreDifferentFiles() async throws {
        try await CatalogFixture.run { catalog in
            let composed = try FileKey("\u{e9}")
            let decomposed = try FileKey("e\u{301}")
            _ = try await catalog.commit(.sample(composed.text, 1))
            _ = try await catalog.commit(.sample(decomposed.text, 2))
            #expect(try catalog.file(bucket: .default, key: composed)?.blob == .sample(1))
            #expect(try catalog.file(bucket: .default, key: decomposed)?.blob == .sample(2))
        }
    }
}
