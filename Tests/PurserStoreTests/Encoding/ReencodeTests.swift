import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

/// Contents are kept otherwise, and nobody who reads them notices.
@Suite(.timeLimit(.minutes(5)))
struct ReencodeTests {
    /// On both sides of the inline limit, and of more than one frame.
    static let sizes = [600, StoreFolder.inlineLimit, StoreFolder.inlineLimit + 1, 5_000_000]

    @Test(arguments: ContentCoding.allCases, sizes)
    func compressedContentTakesLessSpaceAndReadsAsBefore(_ coding: ContentCoding, _ size: Int) async throws {
        try await withStore { store in
            let content = text(size)
            let file = try await store.put("a", content).file
            let before = try store.files.totals()
            let request = ReencodeRequest(coding: coding)
            var dryRun = request
            dryRun.isDryRun = true
            let promised = try await store.files.reencode(file.blob, dryRun)
            #expect(try store.files.totals() == before)
            #expect(try store.folder.stagingFiles().isEmpty)
            let outcome = try await store.files.reencode(file.blob, request)
            #expect(outcome.result == .reencoded)
            #expect(outcome == promised)
            #expect(outcome.bytesBefore == Int64(size) && outcome.contentBytes == Int64(size))
            #expect(outcome.bytesAfter < Int64(size) * 3 / 4)
            let isInline = size <= StoreFolder.inlineLimit
            #expect(try store.encoding("a") == (isInline ? "inline-" : "") + coding.rawValue)
            let totals = try store.files.totals()
            #expect(totals.physicalBytes == outcome.bytesAfter)
            #expect(totals.inlineBytes == (isInline ? outcome.bytesAfter : 0))
            #expect(totals.distinctBytes == Int64(size) && totals.logicalBytes == Int64(size))
            #expect(try store.bytesOnDisk() == (isInline ? 0 : outcome.bytesAfter))
            #expect(try store.folder.stagingFiles().isEmpty)
            #expect(try await store.read("a") == content)
            let range = Int64(size / 3)..<Int64(size - 1)
            #expect(try await store.read(store.open("a"), range) == content.getSlice(at: size / 3, length: range.count))
            #expect(try await store.reencode("a", coding).result == .alreadyEncoded)
        }
    }

    @Test(arguments: sizes)
    func contentGoesFromCodingToCodingAndBack(_ size: Int) async throws {
        try await withStore { store in
            let content = text(size)
            try await store.put("a", content)
            for coding: ContentCoding? in [.gzip, .zstd, nil, .zstd, .gzip, nil] {
                let outcome = try await store.reencode("a", coding)
                #expect(outcome.result == .reencoded)
                #expect(try store.files.file(bucket: .default, key: FileKey("a")).coding == coding)
                #expect(try store.files.totals().physicalBytes == outcome.bytesAfter)
                store.files.dropCaches()
                #expect(try await store.read("a") == content)
                #expect(try store.folder.blobFiles().count == (size <= StoreFolder.inlineLimit ? 0 : 1))
            }
            #expect(try store.files.totals().physicalBytes == Int64(size))
        }
    }

    @Test(arguments: [511, 3000, 50_000])
    func whatSavesTooLittleStaysAsItIs(_ size: Int) async throws {
        try await withStore { store in
            let content = size == 511 ? text(size) : sample(size)
            let file = try await store.put("a", content).file
            let outcome = try await store.reencode("a", .zstd)
            #expect(outcome.result == (size == 511 ? .unsuitableSize : .incompressible))
            #expect(outcome.bytesSaved == 0 && outcome.bytesBefore == Int64(size))
            #expect(try store.files.file(bucket: .default, key: FileKey("a")) == file)
            #expect(try await store.read("a") == content)
        }
    }

    /// What the sample promises and the whole does not keep ends early.
    @Test func contentThatTurnsOutIncompressibleStaysAsItIs() async throws {
        try await withStore { store in
            var content = text(131_072 * 20)
            // Between the blocks that are looked at.
            for block in 0..<8 {
                let noise = sample(300_000, seed: UInt64(block))
                content.setBuffer(noise, at: min(block * 374_000 + 20_000, 131_072 * 20 - 320_000))
            }
            try await store.put("a", content)
            var request = ReencodeRequest(coding: .zstd)
            request.minimumSaving = 0.5
            let blob = try store.files.file(bucket: .default, key: FileKey("a")).blob
            let outcome = try await store.files.reencode(blob, request)
            #expect(outcome.result == .incompressible)
            #expect(store.disk.count(of: .write) > 0)
            #expect(try store.folder.stagingFiles().isEmpty)
            #expect(try await store.read("a") == content)
        }
    }

    @Test(arguments: ContentCoding.allCases, sizes)
    func contentThatIsKeptCompressedIsDeduplicatedCopiedAndCollected(
        _ coding: ContentCoding,
        _ size: Int
    ) async throws {
        try await withStore({ $0.collectGrace = .zero }) { store in
            let content = text(size)
            try await store.put("a", content)
            try await store.reencode("a", coding)
            let physical = try store.files.totals().physicalBytes
            let outcome = try await store.put("b", content)
            #expect(outcome.deduplicated)
            #expect(outcome.file.storedSize == physical)
            #expect(try await store.read("b") == content)
            try await store.delete("a")
            #expect(try await store.files.collect().blobs == 0)
            #expect(try await store.read("b") == content)
            try await store.delete("b")
            let report = try await store.files.collect()
            #expect(report.blobs == 1 && report.bytes == physical)
            try store.expectOnly(blobFiles: 0)
            #expect(try store.files.totals().physicalBytes == 0)
            try await store.put("c", content)
            #expect(try await store.read("c") == content)
        }
    }

    @Test func contentThatIsGoneRetiredOrDamagedIsLeftAlone() async throws {
        try await withStore { store in
            let file = try await store.put("a", text(50_000)).file
            let request = ReencodeRequest(coding: .zstd)
            let unknown = try sample(5).digest()
            #expect(try await store.files.reencode(unknown, request) == ReencodeOutcome(.changed))
            try await store.files.catalog.flag(file.blob, damaged: true)
            #expect(try await store.files.reencode(file.blob, request).result == .changed)
            try await store.files.catalog.flag(file.blob, damaged: false)
            try await store.delete("a")
            #expect(try await store.files.reencode(file.blob, request).result == .changed)
            #expect(try store.folder.blobFiles() == [file.blob.hex])
        }
    }

    @Test(arguments: [1, 2, 3, 4])
    func throttleThatThrowsLeavesEverythingAsItWas(_ turn: Int) async throws {
        struct Stop: Error {}
        try await withStore { store in
            let content = text(9_000_000)
            let file = try await store.put("a", content).file
            let calls = Atomic(0)
            await #expect(throws: Stop.self) {
                try await store.files.reencode(file.blob, ReencodeRequest(coding: .zstd)) { count in
                    #expect(count > 0 && count <= 4 << 20)
                    if calls.wrappingAdd(1, ordering: .relaxed).newValue == turn { throw Stop() }
                }
            }
            #expect(calls.load(ordering: .relaxed) == turn)
            try store.expectOnly(blobFiles: 1, keys: ["a"])
            #expect(try store.encoding("a") == "raw")
            #expect(try await store.read("a") == content)
        }
    }

    /// What is not worth an attempt is not asked about.
    @Test func throttleIsAskedForEachByteTwice() async throws {
        try await withStore { store in
            let file = try await store.put("a", text(9_000_000)).file
            let bytes = Atomic(0)
            try await store.files.reencode(file.blob, ReencodeRequest(coding: .gzip)) { count in
                bytes.add(count, ordering: .relaxed)
            }
            #expect(bytes.load(ordering: .relaxed) == 18_000_000)
        }
    }

    @Test func storeThatIsOpenedAgainReadsWhatWasCompressed() async throws {
        try await withStoreFolder { folder in
            var store = try await folder.open()
            try await store.put("a", text(100_000))
            try await store.put("b", text(1000))
            for key in ["a", "b"] { try await store.reencode(key, .zstd) }
            try await store.files.close()
            store = try await folder.open()
            #expect(!store.files.wasUnclean)
            #expect(try await store.read("a") == text(100_000))
            #expect(try await store.read("b") == text(1000))
            #expect(try await store.files.sweep() == CollectionReport())
            try await store.files.close()
        }
    }

    /// Whoever only wants to know what it would save changes nothing.
    @Test
    func dryRunNotesNoDamage() async throws {
        try await withStore { store in
            let blob = try await store.put("a", text(9_000, seed: 3)).file.blob
            try damageFile(store.folder.layout.file(of: blob), "missing")
            var request = ReencodeRequest(coding: .zstd)
            request.isDryRun = true
            let dry = request
            await expectError(.contentDamaged) { try await store.files.reencode(blob, dry) }
            #expect(try store.files.catalog.blob(blob)?.isDamaged == false)
            await expectError(.contentDamaged) {
                try await store.files.reencode(blob, ReencodeRequest(coding: .zstd))
            }
            #expect(try store.files.catalog.blob(blob)?.isDamaged == true)
        }
    }
}
