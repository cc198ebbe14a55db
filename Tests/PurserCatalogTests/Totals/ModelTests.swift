import Foundation
import GRDB
import PurserIdentifiers
import Testing

@testable import PurserCatalog

/// Random operations against a dictionary, and the counters against a recount.
@Suite(.timeLimit(.minutes(3)))
struct ModelTests {
    private struct Name: Hashable {
        var bucket: BucketName
        var key: FileKey
    }

    private struct Model {
        var buckets: Set<BucketName> = [.default]
        var files: [Name: FileRecord] = [:]
        /// Contents that were ever flagged.
        var damaged: Set<BlobID> = []
    }

    private static let keys = ["a", "a/b", "\u{e9}", "e\u{301}", "..", "\u{10FFFF}", "x//y", "z"]
    private static let buckets = ["default", "one", "two"]

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func catalogIsAsTheModelAndCountersAreAsARecount(_ seed: UInt64) async throws {
        try await CatalogFixture.inFolder { folder in
            let path = folder + "/catalog.sqlite"
            var random = SeededRandom(seed: seed)
            var model = Model()
            var catalog = try CatalogFixture.open(path)
            for step in 1...600 {
                try await Self.step(step, catalog, &model, &random)
                if step.isMultiple(of: 100) {
                    try Self.compare(catalog, model, "seed \(seed), step \(step)")
                    try await catalog.close()
                    catalog = try CatalogFixture.open(path)
                    try Self.compare(catalog, model, "seed \(seed), step \(step), reopened")
                }
            }
            try #require(!model.files.isEmpty)
            try await catalog.close()
        }
    }

    private static func step(
        _ step: Int,
        _ catalog: Catalog,
        _ model: inout Model,
        _ random: inout SeededRandom
    ) async throws {
        let name = try Self.name(&random)
        let other = try Self.name(&random)
        let number = Int.random(in: 0..<12, using: &random)
        do {
            switch Int.random(in: 0..<22, using: &random) {
            case 0:
                _ = try await catalog.createBucket(name.bucket, at: .second(step))
                model.buckets.insert(name.bucket)
            case 1:
                try await catalog.deleteBucket(name.bucket)
                #expect(!model.files.keys.contains { $0.bucket == name.bucket })
                model.buckets.remove(name.bucket)
            case 2...10:
                let file = try Self.file(name, number, step, &random)
                let before = try catalog.file(bucket: name.bucket, key: name.key)
                let outcome = try await catalog.commit(file)
                #expect(outcome.replaced == before)
                #expect(before?.blob == model.files[name]?.blob)
                #expect(model.buckets.contains(name.bucket))
                model.files[name] = outcome.file
            case 11...14:
                let deleted = try await catalog.delete(bucket: name.bucket, key: name.key, at: .second(step))
                #expect(deleted.blob == model.files.removeValue(forKey: name)?.blob)
            case 15...16:
                let outcome = try await catalog.copy(
                    from: (name.bucket, name.key),
                    to: (other.bucket, other.key),
                    at: .second(step)
                )
                #expect(outcome.file.blob == model.files[name]?.blob)
                model.files[other] = outcome.file
            case 17: _ = try await catalog.markDeleting(.sample(number), retiredBefore: .second(step))
            case 18: try await catalog.forget(.sample(number))
            case 19, 20:
                guard let seen = try catalog.blob(.sample(number)) else { return }
                let size = Int.random(in: 1...99, using: &random)
                let form =
                    seen.isInline
                    ? BlobForm(encoding: "inline", bytes: Data(repeating: 1, count: size))
                    : BlobForm(encoding: "gzip", storedSize: Int64(size))
                let isKept = try await catalog.keep(.sample(number), as: form, insteadOf: seen.form)
                #expect(isKept == (seen.state == .live && !seen.isDamaged))
            default:
                try await catalog.flag(.sample(number), damaged: Bool.random(using: &random))
                model.damaged.insert(.sample(number))
            }
        } catch let error as CatalogError where error.isDecision {
            Self.judge(error, name, other, .sample(number), model)
        }
    }

    /// Whether a refusal is one that the model explains.
    private static func judge(_ error: CatalogError, _ name: Name, _ other: Name, _ blob: BlobID, _ model: Model) {
        let isReferred = model.files.values.contains { $0.blob == blob }
        let isExplained =
            switch error.code {
            case .noSuchBucket: !model.buckets.isSuperset(of: [name.bucket, other.bucket])
            case .noSuchFile: model.files[name] == nil
            case .bucketNotEmpty: model.files.keys.contains { $0.bucket == name.bucket }
            case .blobDeleting: !isReferred
            case .blobAbsent: !isReferred || model.damaged.contains(blob)
            case .blobInUse: true
            default: false
            }
        #expect(isExplained, "\(error)")
    }

    private static func name(_ random: inout SeededRandom) throws -> Name {
        Name(
            bucket: try BucketName(Self.buckets[Int.random(in: 0..<Self.buckets.count, using: &random)]),
            key: try FileKey(Self.keys[Int.random(in: 0..<Self.keys.count, using: &random)])
        )
    }

    private static func file(
        _ name: Name,
        _ number: Int,
        _ step: Int,
        _ random: inout SeededRandom
    ) throws -> NewFile {
        let size = number * 10
        let contents: [NewFile.Content] = [
            .existing, .inline(Data(repeating: UInt8(number), count: size)),
            .stored(encoding: "raw", storedBytes: Int64(size)), .stored(encoding: "zstd", storedBytes: Int64(size / 2)),
        ]
        let content = contents[Int.random(in: 0..<contents.count, using: &random)]
        var file = try NewFile.sample(name.key.text, number, size: size, content: content, in: name.bucket, at: step)
        file.metadata = ["step": "\(step)"]
        return file
    }

    private static func compare(_ catalog: Catalog, _ model: Model, _ comment: Comment) throws {
        let buckets = try catalog.buckets()
        #expect(Set(buckets.map(\.name)) == model.buckets, comment)
        for bucket in buckets {
            let expected = model.files.filter { $0.key.bucket == bucket.name }.map(\.value)
            let listed = try catalog.list(bucket: bucket.name, limit: 1_000).files
            #expect(bucket.files == Int64(expected.count), comment)
            #expect(bucket.logicalBytes == expected.map(\.size).reduce(0, +), comment)
            let stored = try Set(expected.map(\.blob)).reduce(0) { try $0 + (catalog.blob($1)?.storedSize ?? -1) }
            #expect(bucket.physicalBytes == stored, comment)
            #expect(listed.map(\.key) == expected.map(\.key).sorted(), comment)
            for file in listed {
                let known = try #require(model.files[Name(bucket: bucket.name, key: file.key)], comment)
                #expect(file.blob == known.blob, comment)
                #expect(file.createdAt == known.createdAt, comment)
                #expect(file.metadata == known.metadata, comment)
                #expect(try catalog.file(bucket: bucket.name, key: file.key) == file, comment)
            }
        }
        let recount = try Self.recount(catalog)
        #expect(try catalog.totals() == recount, comment)
        try Self.checkReferences(catalog, comment)
    }

    private static func recount(_ catalog: Catalog) throws -> CatalogTotals {
        try catalog.readers.read { db in
            func sum(_ sql: String) throws -> Int64 { try Int64.fetchOne(db, sql: sql) ?? 0 }
            return CatalogTotals(
                buckets: try sum("SELECT count(*) FROM bucket"),
                files: try sum("SELECT count(*) FROM file"),
                logicalBytes: try sum("SELECT sum(size) FROM file JOIN blob ON blob.id = file.blob"),
                blobs: try sum("SELECT count(DISTINCT blob) FROM file"),
                distinctBytes: try sum("SELECT sum(size) FROM blob WHERE id IN (SELECT blob FROM file)"),
                physicalBytes: try sum("SELECT sum(storedSize) FROM blob"),
                inlineBytes: try sum("SELECT sum(length(bytes)) FROM content"),
                reclaimableBytes: try sum("SELECT sum(storedSize) FROM blob WHERE id NOT IN (SELECT blob FROM file)")
            )
        }
    }

    private static func checkReferences(_ catalog: Catalog, _ comment: Comment) throws {
        let (wrong, strays) = try catalog.readers.read { db in
            (
                try Int.fetchOne(
                    db,
                    sql: "SELECT count(*) FROM blob WHERE refs <> (SELECT count(*) FROM file WHERE file.blob = blob.id)"
                ),
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM blob LEFT JOIN content ON content.blob = blob.id
                        WHERE (encoding = 'inline') <> (content.blob IS NOT NULL)
                        """
                )
            )
        }
        #expect(wrong == 0, comment)
        #expect(strays == 0, comment)
    }
}
