import Foundation
import NIOCore
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserBlobs

/// Whatever becomes of a compressed file, wrong bytes are never given out.
@Suite struct EncodedDamageTests {
    /// An encoded content in a store of its own, and the way to spoil its file.
    private struct Case {
        let store: BlobStore
        let encoded: EncodedBlob
        let content: ByteBuffer
        let good: Data

        var path: FilePath {
            self.store.layout.file(
                of: self.encoded.blob,
                encoding: BlobEncoding(isInline: false, coding: self.encoded.coding)
            )
        }

        init(_ content: ByteBuffer, _ coding: ContentCoding, at root: FilePath) throws {
            self.store = try makeStore(at: root)
            self.content = content
            self.encoded = try self.store.putEncoded(content, as: coding)
            let name = BlobEncoding(isInline: false, coding: coding)
            let path = self.store.layout.file(of: self.encoded.blob, encoding: name)
            self.good = try Data(contentsOf: URL(filePath: path.string))
        }

        func write(_ bytes: Data) throws {
            try bytes.write(to: URL(filePath: self.path.string))
        }

        /// Reads all of it as a reader does who knows what the catalog says.
        func read() throws -> ByteBuffer {
            let encoded = try self.store.openEncodedBlob(
                self.encoded.blob,
                size: self.encoded.size,
                storedSize: self.encoded.stored.size,
                coding: self.encoded.coding
            )
            return try encoded.contents(0..<self.encoded.size)
        }

        func isVerified() throws -> Bool {
            try self.store.verify(
                self.encoded.blob,
                size: self.encoded.size,
                storedSize: self.encoded.stored.size,
                encoding: BlobEncoding(isInline: false, coding: self.encoded.coding)
            )
        }

        /// Reads a spoiled file: the damage is found, or does not matter.
        func expectNoWrongBytes(_ comment: Comment) throws -> Bool {
            do {
                #expect(try self.read() == self.content, comment)
                return false
            } catch let error as BlobError {
                #expect(error.code == .damaged, comment)
                #expect(try !self.isVerified(), comment)
                return true
            }
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func noFlippedBitGivesWrongBytes(_ coding: ContentCoding) throws {
        try withTemporaryFolder { root in
            let example = try Case(sampleText(700), coding, at: root)
            var found = 0
            for place in example.good.indices {
                var bytes = example.good
                bytes[place] ^= 1 << UInt8(place % 8)
                try example.write(bytes)
                found += try example.expectNoWrongBytes("byte \(place)") ? 1 : 0
            }
            // All but a bit or two that the format leaves to whoever writes it, and the sum behind the last gzip frame.
            #expect(found >= example.good.count - GzipFormat.trailerBytes - 3)
            try example.write(example.good)
            #expect(try example.isVerified())
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func noFlippedBitInTheIndexOfManyFramesGivesWrongBytes(_ coding: ContentCoding) throws {
        try withTemporaryFolder { root in
            let frame = coding.frameBytes(forContentOf: 1)
            let example = try Case(sampleText(2 * frame + 100), coding, at: root)
            let index =
                coding == .gzip
                ? 0..<GzipFormat.headBytes(frames: 3)
                : example.good.count - ZstdFormat.indexBytes(frames: 3)..<example.good.count
            for place in index {
                var bytes = example.good
                bytes[place] ^= 4
                try example.write(bytes)
                #expect(try example.expectNoWrongBytes("byte \(place)"), "byte \(place)")
            }
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func truncatedFileIsDamaged(_ coding: ContentCoding) throws {
        try withTemporaryFolder { root in
            let example = try Case(sampleText(3_000_000), coding, at: root)
            for length in [0, 1, 8, 24, example.good.count / 2, example.good.count - 1] {
                try example.write(example.good.prefix(length))
                #expect(try example.expectNoWrongBytes("\(length) bytes"))
            }
            try example.write(example.good + Data([0]))
            #expect(try example.expectNoWrongBytes("a byte more"))
        }
    }

    /// The frames of one content under the index of another, all of it well formed.
    @Test func indexOfAnotherContentIsNoIndexOfThisOne() throws {
        try withTemporaryFolder { root in
            let frame = ContentCoding.zstd.frameBytes(forContentOf: 1)
            let example = try Case(sampleText(2 * frame + 100), .zstd, at: root)
            let place = { (entry: Int) in example.good.count - ZstdFormat.indexBytes(frames: 3) + 8 + entry * 8 }
            // Two frames change their sizes, so that the sums stay right.
            var swapped = example.good
            swapped.replaceSubrange(place(0)..<place(0) + 4, with: example.good[place(2)..<place(2) + 4])
            swapped.replaceSubrange(place(2)..<place(2) + 4, with: example.good[place(0)..<place(0) + 4])
            try example.write(swapped)
            #expect(try example.expectNoWrongBytes("sizes in the file"))
        }
    }

    /// Frames that are whole, in each other's place: of one size, so that only the digest can tell.
    @Test(arguments: ContentCoding.allCases)
    func framesInAnotherOrderAreFoundByTheDigest(_ coding: ContentCoding) throws {
        try withTemporaryFolder { root in
            let frame = coding.frameBytes(forContentOf: 1)
            var other = sampleText(frame, seed: 1)
            other.writeImmutableBuffer(sampleText(frame, seed: 2))
            other.writeImmutableBuffer(sampleText(100, seed: 3))
            let store = try makeStore(at: root)
            let wrong = try store.putEncoded(other, as: coding)
            let encoding = BlobEncoding(isInline: false, coding: coding)
            let right = try digest(of: sampleText(2 * frame + 100, seed: 4))
            try FileManager.default.moveItem(
                atPath: store.layout.file(of: wrong.blob, encoding: encoding).string,
                toPath: store.layout.file(of: right, encoding: encoding).string
            )
            let isRight = try store.verify(
                right,
                size: wrong.size,
                storedSize: wrong.stored.size,
                encoding: encoding
            )
            #expect(!isRight)
        }
    }

    /// Nothing is allocated by what a file says of itself.
    @Test func sizesBeyondAllBoundsAreNoIndex() {
        let frame = FrameIndex.maxFrameBytes
        func index(_ sizes: [Int], frameBytes: Int, contentSize: Int64) -> FrameIndex? {
            FrameIndex(sizes: sizes, start: 0, frameBytes: frameBytes, contentSize: contentSize)
        }
        #expect(index([10], frameBytes: frame, contentSize: 10) != nil)
        #expect(index([10], frameBytes: frame + 1, contentSize: 10) == nil)
        #expect(index([0], frameBytes: frame, contentSize: 10) == nil)
        #expect(index([2 * frame], frameBytes: frame, contentSize: 10) == nil)
        #expect(index([10, 10], frameBytes: frame, contentSize: 10) == nil)
        #expect(index([10, 10], frameBytes: 10, contentSize: 20) == nil)
        #expect(index([], frameBytes: frame, contentSize: 0) == nil)
        #expect(index([10], frameBytes: 0, contentSize: 10) == nil)
    }

    @Test(arguments: ContentCoding.allCases)
    func missingFileIsAbsentAndAnotherEncodingIsNotTakenForIt(_ coding: ContentCoding) throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let content = sampleText(1000)
            let blob = try store.put(content)
            let error = #expect(throws: BlobError.self) {
                try store.openEncodedBlob(blob, size: 1000, storedSize: 500, coding: coding)
            }
            #expect(error?.code == .absent)
            _ = try store.putEncoded(content, as: coding)
            try store.remove(blob)
            let gone = #expect(throws: BlobError.self) { try store.openBlob(blob, size: 1000, encoding: .raw) }
            #expect(gone?.code == .absent)
        }
    }
}
