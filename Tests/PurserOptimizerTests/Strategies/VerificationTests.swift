import Synchronization
import PurserOperations
import Foundation
import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserOptimizer

@Suite(.timeLimit(.minutes(2)))
struct VerificationTests {
    private static let day = Duration.seconds(86_400)

    private static var everything: RunRequest {
        var request = RunRequest([.verification])
        request.verifiesAll = true
        return request
    }

    private func fill(_ fixture: OptimizerFixture) async throws -> [FileRecord] {
        var files: [FileRecord] = []
        for number in 0..<6 {
            let size = number.isMultiple(of: 2) ? 5_000 : 1_000
            files.append(try await fixture.put("\(number)", sample(size, seed: UInt64(number))))
        }
        return files
    }

    @Test
    func everythingIsReadAndFoundIntact() async throws {
        try await OptimizerFixture.run { fixture in
            _ = try await self.fill(fixture)
            let report = try await fixture.optimizer().run(Self.everything)
            #expect(report[.verification]?.filesProcessed == 6)
            #expect(report[.verification]?.bytesBefore == 18_000)
            #expect(report[.verification]?.findings == [:])
        }
    }

    @Test(arguments: ["flipped", "inline"], [false, true])
    func damageIsFoundQuarantinedFlaggedAndTold(_ damage: String, _ isDryRun: Bool) async throws {
        try await OptimizerFixture.run { fixture in
            let files = try await self.fill(fixture)
            let file = damage == "flipped" ? files[2] : files[3]
            _ = try await fixture.read(file.key.text)
            if damage == "flipped" {
                try fixture.flip(file.blob)
            } else {
                try fixture.corrupt("UPDATE content SET bytes = zeroblob(1000) WHERE blob = 4")
            }
            var request = Self.everything
            request.isDryRun = isDryRun
            let report = try await fixture.optimizer().run(request)
            #expect(report[.verification]?.findings == ["damaged": 1])
            #expect(report[.verification]?.filesProcessed == 6)
            #expect(try fixture.catalog.blob(file.blob)?.isDamaged == !isDryRun)
            guard !isDryRun else { return }
            #expect(fixture.events.all.first == .contentDamaged(file.blob, files: 1))
            #expect(throws: StoreError.self) { try fixture.store.open(bucket: .default, key: file.key) }
            let quarantine = try FileManager.default.contentsOfDirectory(atPath: fixture.layout.quarantine.string)
            #expect(quarantine == (damage == "flipped" ? [file.blob.hex] : []))
            // It is told once.
            let again = try await fixture.optimizer().run(Self.everything)
            #expect(again[.verification]?.findings == ["known_damaged": 1])
            #expect(fixture.events.all.filter { $0 == .contentDamaged(file.blob, files: 1) }.count == 1)
        }
    }

    /// Whatever part of an encoded file is wrong: its head, a frame, or its end.
    @Test(arguments: [ContentCoding.zstd, .gzip], ["head", "frame", "end"])
    func damageOfAnEncodedContentIsFound(_ coding: ContentCoding, _ part: String) async throws {
        try await OptimizerFixture.run { fixture in
            let text = ByteBuffer(string: (0..<9_000).map { "line \($0 * 7_919 % 10_007)\n" }.joined())
            let blob = try await fixture.put("a", text).blob
            let outcome = try await fixture.store.reencode(blob, ReencodeRequest(coding: coding))
            #expect(outcome.result == .reencoded)
            let path = fixture.layout.file(of: blob, encoding: BlobEncoding(isInline: false, coding: coding))
            var bytes = try Data(contentsOf: URL(filePath: path.string))
            bytes[part == "head" ? 0 : part == "frame" ? bytes.count / 2 : bytes.count - 1] ^= 1
            try bytes.write(to: URL(filePath: path.string))
            var request = Self.everything
            request.isDryRun = true
            let dry = try await fixture.optimizer().run(request)
            #expect(dry[.verification]?.findings == ["damaged": 1])
            #expect(try fixture.catalog.blob(blob)?.isDamaged == false, "a dry run flags nothing")
            let report = try await fixture.optimizer().run(Self.everything)
            #expect(report[.verification]?.findings == ["damaged": 1])
            #expect(report[.verification]?.filesProcessed == 1)
            #expect(try fixture.catalog.blob(blob)?.isDamaged == true)
            #expect(fixture.events.all.contains(.contentDamaged(blob, files: 1)))
            let quarantine = try FileManager.default.contentsOfDirectory(atPath: fixture.layout.quarantine.string)
            #expect(quarantine == [path.lastComponent?.string])
        }
    }

    @Test(arguments: [2, 3])
    func newUploadOfTheSameContentHealsOnTheSpot(_ number: Int) async throws {
        try await OptimizerFixture.run { fixture in
            let file = try await self.fill(fixture)[number]
            let bytes = try await fixture.read(file.key.text)
            if number == 2 {
                try fixture.flip(file.blob)
            } else {
                try fixture.corrupt("UPDATE content SET bytes = zeroblob(1000) WHERE blob = 4")
            }
            _ = try await fixture.optimizer().run(Self.everything)
            #expect(try fixture.catalog.blob(file.blob)?.isDamaged == true)
            try await fixture.put("another name", bytes)
            #expect(try fixture.catalog.blob(file.blob)?.isDamaged == false)
            #expect(try await fixture.read(file.key.text) == bytes)
            let report = try await fixture.optimizer().run(Self.everything)
            #expect(report[.verification]?.findings == [:])
        }
    }

    /// A part is read each day, and each content once before any a second time.
    @Test
    func positionIsKeptAcrossRunsAndRestarts() async throws {
        try await withTemporaryFolder { folder in
            let time = TestTime()
            let path = folder.appending("storage")
            var fixture = try await OptimizerFixture.open(path, time: time)
            for number in 0..<10 { try await fixture.put("\(number)", sample(5_000, seed: UInt64(number))) }
            var rows: [Int64] = []
            for _ in 0..<10 {
                let optimizer = fixture.optimizer { $0.verification.period = Self.day * 10 }
                let report = try await optimizer.run(RunRequest([.verification]))
                #expect((1...2).contains(report[.verification]?.filesProcessed ?? 0))
                let note = try #require(try fixture.catalog.note(VerificationProgress.name))
                rows.append(try JSONDecoder().decode(VerificationProgress.self, from: Data(note.utf8)).row)
                try await fixture.store.close()
                time.advance(by: Self.day)
                fixture = try await OptimizerFixture.open(path, time: time)
            }
            // The first part is a thirtieth, a content; the others a tenth.
            #expect(rows == Array(1...10))
            let next = try await fixture.optimizer { $0.verification.period = Self.day * 10 }
                .run(RunRequest([.verification]))
            #expect(next[.verification]?.filesProcessed == 1)
            // After ten periods everything is due, and that is once around.
            time.advance(by: Self.day * 100)
            let all = try await fixture.optimizer { $0.verification.period = Self.day * 10 }
                .run(RunRequest([.verification]))
            #expect(all[.verification]?.filesProcessed == 10)
            try await fixture.store.close()
        }
    }

    @Test(arguments: [ContentCoding.zstd, .gzip])
    func damagedContentsAreHealedFromAFolderOrAnotherStore(_ coding: ContentCoding) async throws {
        try await OptimizerFixture.run { fixture in
            let files = try await self.fill(fixture)
            let elsewhere = fixture.path.removingLastComponent().appending("backup")
            let inner = elsewhere.appending("some").appending("folder")
            try FileManager.default.createDirectory(atPath: inner.string, withIntermediateDirectories: true)
            func write(_ bytes: ByteBuffer, _ name: String) throws {
                try Data(bytes.readableBytesView).write(to: URL(filePath: inner.appending(name).string))
            }
            // One of the right length and other bytes first, and one of the right bytes.
            try write(sample(5_000, seed: 77), "a")
            try write(sample(5_000, seed: 2), "b")
            try write(sample(1_000, seed: 3), "c")
            let other = try await OptimizerFixture.open(fixture.path.removingLastComponent().appending("other"))
            try await other.put("x", sample(5_000, seed: 4))
            try await other.store.close()
            // Kept compressed by yet another store, of which there is a copy of the files.
            let text = ByteBuffer(string: String(repeating: "the same words again and again\n", count: 900))
            let compressed = try await fixture.put("text", text).blob
            let third = try await OptimizerFixture.open(fixture.path.removingLastComponent().appending("third"))
            try await third.put("x", text)
            let outcome = try await third.store.reencode(compressed, ReencodeRequest(coding: coding))
            #expect(outcome.result == .reencoded)
            try await third.store.close()
            try fixture.flip(compressed)
            try fixture.flip(files[2].blob)
            try fixture.flip(files[4].blob)
            try fixture.flip(files[0].blob)
            try fixture.corrupt("UPDATE content SET bytes = zeroblob(1000) WHERE blob = 4")
            var request = Self.everything
            request.repairSources = [
                .folder(elsewhere), .store(other.path),
                coding == .gzip ? .store(third.path) : .folder(third.path.appending("blobs")),
                RepairSource(name: "lies") { content in
                    [{ RepairBytes { ByteBuffer(repeating: 1, count: Int(content.size) + 1) } }]
                },
            ]
            let report = try await fixture.optimizer().run(request)
            #expect(report[.verification]?.findings == ["damaged": 5, "healed": 4, "not_healed": 1])
            #expect(try await fixture.read("text") == text)
            for number in [2, 3, 4] {
                let size = number.isMultiple(of: 2) ? 5_000 : 1_000
                #expect(try await fixture.read("\(number)") == sample(size, seed: UInt64(number)))
            }
            #expect(throws: StoreError.self) { try fixture.store.open(bucket: .default, key: FileKey("0")) }
            let staging = try FileManager.default.contentsOfDirectory(atPath: fixture.layout.staging.string)
            #expect(staging.isEmpty)
        }
    }
}
