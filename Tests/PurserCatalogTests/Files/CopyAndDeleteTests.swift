import PurserIdentifiers
import Testing

@testable import PurserCatalog

@Suite
struct CopyAndDeleteTests {
    @Test
    func copySharesTheContent() async throws {
        try await CatalogFixture.run { catalog in
            let (source, target) = (try FileKey("a"), try FileKey("b"))
            var file = try NewFile.sample("a", 1)
            file.contentType = "text/plain"
            file.metadata = ["k": "v"]
            _ = try await catalog.commit(file)
            let outcome = try await catalog.copy(from: (.default, source), to: (.default, target), at: .second(3))
            #expect(outcome.created)
            #expect(outcome.deduplicated)
            #expect(outcome.file.contentType == "text/plain")
            #expect(outcome.file.metadata == ["k": "v"])
            #expect(outcome.file.createdAt == .second(3))
            #expect(try catalog.file(bucket: .default, key: target) == outcome.file)
            #expect(try catalog.blob(.sample(1))?.references == 2)
            #expect(try catalog.totals().distinctBytes == 10)
        }
    }

    @Test
    func copyOntoItselfReplacesTheAttributes() async throws {
        try await CatalogFixture.run { catalog in
            let name = (bucket: BucketName.default, key: try FileKey("a"))
            _ = try await catalog.commit(.sample("a", 1))
            let attributes = FileAttributes(contentType: "a/b", metadata: ["x": "y"])
            let outcome = try await catalog.copy(from: name, to: name, attributes: attributes, at: .second(3))
            #expect(outcome.file.metadata == ["x": "y"])
            #expect(try catalog.file(bucket: name.bucket, key: name.key) == outcome.file)
            #expect(try catalog.blob(.sample(1))?.references == 1)
        }
    }

    @Test
    func copyOfADamagedFileIsDamaged() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a", 1))
            try await catalog.flag(.sample(1), damaged: true)
            let outcome = try await catalog.copy(
                from: (.default, try FileKey("a")),
                to: (.default, try FileKey("b")),
                at: .second(3)
            )
            #expect(outcome.file.isDamaged)
            #expect(!outcome.usedOfferedBytes)
            #expect(try catalog.blob(.sample(1))?.references == 2)
        }
    }

    @Test
    func copyRefusesWhatDoesNotHold() async throws {
        try await CatalogFixture.run { catalog in
            let (a, b) = (
                (bucket: BucketName.default, key: try FileKey("a")), (bucket: BucketName.default, key: try FileKey("b"))
            )
            let elsewhere = (bucket: try BucketName("elsewhere"), key: b.key)
            await expectError(.noSuchFile) { try await catalog.copy(from: a, to: b, at: .second(1)) }
            _ = try await catalog.commit(.sample("a", 1))
            await expectError(.noSuchBucket) { try await catalog.copy(from: a, to: elsewhere, at: .second(1)) }
            await expectError(.noSuchBucket) { try await catalog.copy(from: elsewhere, to: a, at: .second(1)) }
            let stale = WritePrecondition.matches([.sample(2)])
            await expectError(.preconditionFailed) {
                try await catalog.copy(from: a, to: b, sourcePrecondition: stale, at: .second(1))
            }
            await expectError(.preconditionFailed) {
                try await catalog.copy(from: a, to: b, precondition: .exists, at: .second(1))
            }
            #expect(try catalog.totals().files == 1)
        }
    }

    @Test
    func deletingTheLastFileRetiresTheContent() async throws {
        try await CatalogFixture.run { catalog in
            let (a, b) = (try FileKey("a"), try FileKey("b"))
            let first = try await catalog.commit(.sample("a", 1)).file
            _ = try await catalog.commit(.sample("b", 1))
            #expect(try await catalog.delete(bucket: .default, key: a, at: .second(5)) == first)
            #expect(try catalog.blob(.sample(1))?.state == .live)
            _ = try await catalog.delete(bucket: .default, key: b, at: .second(6))
            let blob = try #require(try catalog.blob(.sample(1)))
            #expect(blob.state == .retired)
            #expect(blob.retiredAt == .second(6))
            let totals = CatalogTotals(buckets: 1, physicalBytes: 10, inlineBytes: 10, reclaimableBytes: 10)
            #expect(try catalog.totals() == totals)
        }
    }

    @Test
    func deleteRefusesWhatDoesNotHold() async throws {
        try await CatalogFixture.run { catalog in
            let key = try FileKey("a")
            await expectError(.noSuchFile) {
                try await catalog.delete(bucket: .default, key: key, precondition: .exists, at: .second(1))
            }
            let file = try await catalog.commit(.sample("a", 1)).file
            let stale = WritePrecondition.matches([.sample(2)])
            let error = await expectError(.preconditionFailed) {
                try await catalog.delete(bucket: .default, key: key, precondition: stale, at: .second(1))
            }
            #expect(error?.current == file)
            #expect(try catalog.file(bucket: .default, key: key) == file)
        }
    }
}
