import Foundation
import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

@Suite struct BlobStoreTests {
    @Test func creatingTwiceMakesEverythingOnce() throws {
        try withTemporaryFolder { folder in
            let root = folder.appending("storage")
            let store = try makeStore(at: root)
            try store.create()
            #expect(try root.names() == ["blobs", "quarantine", "staging", "temp"])
            let shards = try store.layout.blobs.names()
            #expect(shards.count == 256)
            #expect(shards.first == "00" && shards.last == "ff")
        }
    }

    @Test func aBlobHasItsDigestForAName() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let blob = try store.put(ByteBuffer(string: "abc"))
            let path = root.appending("blobs/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            #expect(store.layout.file(of: blob) == path)
            #expect(try Data(contentsOf: URL(filePath: path.string)) == Data("abc".utf8))
        }
    }

    @Test func installingTheSameContentAgainIsFine() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let blob = try store.put(sampleBytes(5000))
            let reader = try store.openBlob(blob, size: 5000, encoding: .raw)
            #expect(try store.put(sampleBytes(5000)) == blob)
            #expect(try reader.read(at: 0, upTo: 5000) == sampleBytes(5000))
            #expect(try store.contents(of: blob, size: 5000) == sampleBytes(5000))
        }
    }

    @Test(
        arguments: [(0, 1), (0, 300_000), (299_999, 10), (300_000, 10), (400_000, 1), (100_000, 65_536)]
            as [(Int64, Int)]
    )
    func anyPartCanBeRead(_ offset: Int64, _ count: Int) throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let content = sampleBytes(300_000)
            let reader = try store.openBlob(try store.put(content), size: 300_000, encoding: .raw)
            let expected = min(count, max(0, 300_000 - Int(offset)))
            let piece = try reader.read(at: offset, upTo: count)
            #expect(piece == content.getSlice(at: min(Int(offset), 300_000), length: expected))
        }
    }

    @Test func aReaderOutlivesItsBlob() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let blob = try store.put(sampleBytes(5000))
            let reader = try store.openBlob(blob, size: 5000, encoding: .raw)
            try store.remove(blob)
            try store.remove(blob)
            #expect(try reader.read(at: 0, upTo: 5000) == sampleBytes(5000))
            let error = #expect(throws: BlobError.self) { try store.openBlob(blob, size: 5000, encoding: .raw) }
            #expect(error?.code == .absent)
        }
    }

    @Test func anotherSizeOrNoFileIsDamage() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let blob = try store.put(sampleBytes(5000))
            let size = #expect(throws: BlobError.self) { try store.openBlob(blob, size: 5001, encoding: .raw) }
            #expect(size?.code == .damaged)
            try store.remove(blob)
            try makeSymbolicLink(store.layout.file(of: blob), to: "/etc/hostname")
            let link = #expect(throws: BlobError.self) { try store.openBlob(blob, size: 5000, encoding: .raw) }
            #expect(link?.code == .damaged)
        }
    }

    @Test func aFileThatShrinksUnderItsReaderIsDamage() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let blob = try store.put(sampleBytes(5000))
            let reader = try store.openBlob(blob, size: 5000, encoding: .raw)
            try LocalFileSystem().open(store.layout.file(of: blob), .openOrCreate).truncate(to: 100)
            let error = #expect(throws: BlobError.self) { try reader.read(at: 0, upTo: 5000) }
            #expect(error?.code == .damaged)
            let warming = #expect(throws: BlobError.self) { try reader.warm(0..<5000) }
            #expect(warming?.code == .damaged)
            try reader.warm(0..<50)
        }
    }

    @Test func verifyingReadsEveryByte() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let size = 3 * BlobReader.window + 5
            let blob = try store.put(sampleBytes(size))
            var windows: [Int] = []
            #expect(try store.verify(blob, size: Int64(size)) { windows.append($0) })
            #expect(windows == [BlobReader.window, BlobReader.window, BlobReader.window, 5])
            #expect(try !store.verify(blob, size: Int64(size) + 1))
            let file = try LocalFileSystem().open(store.layout.file(of: blob), .openOrCreate)
            _ = try [UInt8(ascii: "!")].withUnsafeBytes { try file.write($0, at: Int64(size) - 1) }
            #expect(try !store.verify(blob, size: Int64(size)))
        }
    }

    @Test func verifyingCanBeEnded() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let blob = try store.put(sampleBytes(5000))
            #expect(throws: CancellationError.self) {
                try store.verify(blob, size: 5000) { _ in throw CancellationError() }
            }
        }
    }

    @Test func quarantineKeepsEveryCopy() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let blob = try store.put(sampleBytes(5000))
            try store.quarantine(blob)
            try store.put(sampleBytes(5000))
            try store.quarantine(blob)
            #expect(try store.layout.quarantine.names() == [blob.hex, "\(blob.hex).2"])
            let error = #expect(throws: BlobError.self) { try store.quarantine(blob) }
            #expect(error?.code == .absent)
        }
    }

    @Test func listingFindsBlobsAndLeavesTheRestAlone() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let blob = try store.put(ByteBuffer(string: "abc"))
            let shard = store.layout.shard(0xba)
            let foreign = ["readme.txt", blob.hex.uppercased(), "ca" + blob.hex.dropFirst(2), blob.hex + ".bz2"]
            for name in foreign { _ = try LocalFileSystem().open(shard.appending(name), .create) }
            try LocalFileSystem().createDirectory(shard.appending("ba" + String(repeating: "0", count: 62)))
            let found = try store.blobs(inShard: 0xba)
            #expect(found.map(\.blob) == [blob])
            #expect(found.first?.size == 3)
            #expect(try store.blobs(inShard: 0xbb).isEmpty)
            #expect(try shard.names().count == 6)
            for encoding in [BlobEncoding.gzip, .zstd] {
                _ = try LocalFileSystem().open(store.layout.file(of: blob, encoding: encoding), .create)
            }
            let encodings = try store.blobs(inShard: 0xba).map(\.encoding)
            #expect(Set(encodings) == [.raw, .gzip, .zstd])
            #expect(encodings.count == 3)
            #expect(throws: CancellationError.self) {
                try store.forEachBlob(inShard: 0xba) { _ in throw CancellationError() }
            }
        }
    }

    @Test func aStoreOf64MiBGoesInAndOut() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let file = try store.makeStagingFile(for: OperationID())
            let piece = sampleBytes(1 << 20)
            for _ in 0..<64 { try file.write(piece) }
            let blob = try file.seal()
            try store.install(file, as: blob)
            #expect(try store.verify(blob, size: 64 << 20))
            let reader = try store.openBlob(blob, size: 64 << 20, encoding: .raw)
            #expect(try reader.read(at: 63 << 20, upTo: 1 << 20) == piece)
        }
    }
}
