import Foundation
import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

/// What is kept compressed is read as it was stored, or not at all.
@Suite(.timeLimit(.minutes(5)))
struct EncodedReadTests {
    private static func path(of key: String, in store: OpenStore) throws -> FilePath {
        let file = try store.files.file(bucket: .default, key: FileKey(key))
        let encoding = try #require(BlobEncoding(rawValue: file.encoding))
        return store.folder.layout.file(of: file.blob, encoding: encoding)
    }

    private static func isDamaged(_ key: String, in store: OpenStore) throws -> Bool {
        try store.files.file(bucket: .default, key: FileKey(key)).isDamaged
    }

    /// Flips a bit in the middle of the file, where the frames are.
    private static func flip(_ path: FilePath) throws {
        var bytes = try Data(contentsOf: URL(filePath: path.string))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: path.string))
    }

    @Test(arguments: ContentCoding.allCases)
    func damagedFrameEndsTheReadAndIsNoted(_ coding: ContentCoding) async throws {
        try await withStore { store in
            let content = text(9_000_000)
            try await store.put("a", content)
            try await store.put("same", content)
            try await store.reencode("a", coding)
            let path = try Self.path(of: "a", in: store)
            try Self.flip(path)
            let open = try store.open("a")
            let delivered = Mutex(ByteBuffer())
            await expectError(.contentDamaged) {
                try await store.files.read(open, range: 0..<9_000_000) { piece in
                    delivered.withLock { _ = $0.writeImmutableBuffer(piece) }
                }
            }
            // What was given out before is right.
            let bytes = delivered.withLock { $0 }
            #expect(bytes.readableBytes < 9_000_000)
            #expect(bytes == content.getSlice(at: 0, length: bytes.readableBytes))
            #expect(try Self.isDamaged("same", in: store))
            await expectError(.contentDamaged) { _ = try store.open("same") }
            // The same content again heals all, and takes the place of the damaged file.
            try await store.put("b", content)
            for key in ["a", "same", "b"] { #expect(try await store.read(key) == content) }
            #expect(try store.encoding("a") == "raw")
            try store.expectOnly(blobFiles: 1, keys: ["a", "b", "same"])
            #expect(try !LocalFileSystem().fileExists(path))
        }
    }

    @Test(arguments: ContentCoding.allCases, ["missing", "cut short", "flipped"])
    func damageIsFoundWhereTheFileIsOpenedOrAContentComesAgain(
        _ coding: ContentCoding,
        _ damage: String
    ) async throws {
        try await withStore { store in
            let content = text(50_000)
            try await store.put("a", content)
            try await store.reencode("a", coding)
            try damageFile(Self.path(of: "a", in: store), damage)
            if coding == .gzip, damage == "flipped" {
                // The sum behind the last frame: who decodes does not need it, and verification finds it.
                #expect(try await store.read("a") == content)
                let record = try #require(try store.files.catalog.blob(content.digest()))
                let isWhole = try store.files.blobs.verify(
                    record.id,
                    size: record.size,
                    storedSize: record.storedSize,
                    encoding: .gzip
                )
                #expect(!isWhole)
                return
            }
            await expectError(.contentDamaged) { _ = try store.open("a") }
            let key = try FileKey("a")
            await store.files.noteDamage(bucket: .default, key: key)
            #expect(try Self.isDamaged("a", in: store))
            try await store.put("b", content)
            #expect(try await store.read("a") == content)
            try store.expectOnly(blobFiles: 1, keys: ["a", "b"])
        }
    }

    /// A second upload is not told that all is well.
    @Test(arguments: ["missing", "cut short"])
    func uploadOfAContentWhoseFileIsSpoiledBringsItsBytes(_ damage: String) async throws {
        try await withStore { store in
            let content = text(50_000)
            try await store.put("a", content)
            try await store.reencode("a", .zstd)
            try damageFile(Self.path(of: "a", in: store), damage)
            #expect(try await store.put("b", content).usedOfferedBytes)
            #expect(try await store.read("a") == content)
            try store.expectOnly(blobFiles: 1, keys: ["a", "b"])
        }
    }

    @Test(arguments: [nil, ContentCoding.gzip])
    func damageFoundWhileReencodingIsNotedAndNothingReplaced(_ coding: ContentCoding?) async throws {
        try await withStore { store in
            let content = text(50_000)
            try await store.put("a", content)
            if let coding { try await store.reencode("a", coding) }
            try Self.flip(Self.path(of: "a", in: store))
            await expectError(.contentDamaged) { try await store.reencode("a", .zstd) }
            #expect(try Self.isDamaged("a", in: store))
            #expect(try store.encoding("a") == (coding?.rawValue ?? "raw"))
            try store.expectOnly(blobFiles: 1, keys: ["a"])
            try await store.put("a", content)
            #expect(try await store.read("a") == content)
            try store.expectOnly(blobFiles: 1, keys: ["a"])
        }
    }

    /// A content may go and come back between the look that finds it damaged and the note of that.
    @Test func bytesThatCameBackAreNotNotedAsDamaged() async throws {
        try await withStore { store in
            let content = text(5_000_000)
            let path = try store.folder.layout.file(of: await store.put("a", content).file.blob)
            let blob = try content.digest()
            let looks = Atomic(0)
            try Self.flip(path)
            await expectError(.contentDamaged) {
                let request = ReencodeRequest(coding: .zstd)
                try await store.files.reencode(blob, request) { _ in looks.add(1, ordering: .relaxed) }
            }
            // The last look is past the damage; an upload heals it meanwhile.
            try await store.put("a", content)
            try Self.flip(path)
            let last = looks.exchange(0, ordering: .relaxed)
            let outcome = try await store.files.reencode(blob, ReencodeRequest(coding: .zstd)) { _ in
                if looks.add(1, ordering: .relaxed).newValue == last { try Self.flip(path) }
            }
            #expect(outcome.result == .changed)
            #expect(try !Self.isDamaged("a", in: store))
            #expect(try await store.read("a") == content)
        }
    }

    /// A slow reader still has the damaged bytes open when good ones have taken their place.
    @Test func readerOfReplacedBytesFlagsNothing() async throws {
        try await withStore { store in
            let content = text(9_000_000)
            try await store.put("a", content)
            try await store.reencode("a", .zstd)
            try Self.flip(Self.path(of: "a", in: store))
            let open = try store.open("a")
            let isHealed = Flag()
            await expectError(.contentDamaged) {
                try await store.files.read(open, range: 0..<9_000_000) { _ in
                    guard !isHealed.isRaised else { return }
                    isHealed.raise()
                    await expectError(.contentDamaged) { _ = try await store.read("a") }
                    try await store.put("a", content)
                }
            }
            #expect(isHealed.isRaised)
            #expect(try !Self.isDamaged("a", in: store))
            #expect(try await store.read("a") == content)
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func inlineBytesThatWereSpoiledAreNotGivenOut(_ coding: ContentCoding) async throws {
        try await withStore { store in
            let content = text(3000)
            try await store.put("a", content)
            try await store.reencode("a", coding)
            let blob = try content.digest()
            let form = try #require(try store.files.catalog.blob(blob)?.form)
            var bytes = Data(try #require(try store.files.catalog.inlineContent(of: blob)))
            bytes[bytes.count / 2] ^= 1
            let spoiled = BlobForm(encoding: form.encoding, bytes: bytes)
            #expect(try await store.files.catalog.keep(blob, as: spoiled, insteadOf: form))
            await expectError(.contentDamaged) { _ = try store.open("a") }
            try await store.put("b", content)
            #expect(try await store.read("a") == content)
            #expect(try store.encoding("a") == "inline")
        }
    }

    @Test(arguments: ContentCoding.allCases, [3000, 9_000_000])
    func formThatIsKeptIsGivenToThoseWhoTakeIt(_ coding: ContentCoding, _ size: Int) async throws {
        try await withStore({ $0.verifiesReads = true }) { store in
            let content = text(size)
            try await store.put("a", content)
            #expect(try store.open("a").asKept == nil)
            let outcome = try await store.reencode("a", coding)
            for _ in 0..<2 {
                let open = try store.open("a")
                #expect(open.coding == nil && open.size == Int64(size))
                let kept = try #require(open.asKept)
                #expect(kept.coding == coding)
                #expect(kept.size == outcome.bytesAfter)
                #expect(kept.asKept == nil)
                let bytes = try await store.read(kept, 0..<kept.size)
                #expect(Int64(bytes.readableBytes) == kept.size)
                #expect(Array(bytes.readableBytesView.prefix(2)) == (coding == .gzip ? [0x1f, 0x8b] : [0x28, 0xb5]))
                #expect(try await store.read(open) == content)
            }
        }
    }

    @Test func readerThatHasTheOldFormOpenKeepsIt() async throws {
        try await withStore { store in
            let content = text(3_000_000)
            try await store.put("a", content)
            let raw = try store.open("a")
            try await store.reencode("a", .zstd)
            let zstd = try store.open("a")
            try await store.reencode("a", .gzip)
            try await store.delete("a")
            #expect(try await store.read(raw) == content)
            #expect(try await store.read(zstd) == content)
        }
    }
}

extension LocalFileSystem {
    fileprivate func fileExists(_ path: FilePath) throws -> Bool { try self.status(of: path) != nil }
}
