import Foundation
import NIOCore
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserBlobs

/// What is kept compressed comes back as it was, whole and in parts.
@Suite struct EncodedBlobTests {
    /// Sizes around those of frames.
    private static func sizes(_ coding: ContentCoding) -> [Int] {
        let frame = coding.frameBytes(forContentOf: 1)
        return [1, 600, frame - 1, frame, frame + 1, 3 * frame + 7]
    }

    @Test(arguments: ContentCoding.allCases)
    func contentOfAnySizeComesBack(_ coding: ContentCoding) throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            for size in Self.sizes(coding) {
                let content = sampleText(size)
                let encoded = try store.putEncoded(content, as: coding)
                #expect(encoded.size == Int64(size))
                #expect(try encoded.contents(0..<Int64(size)) == content, "\(size) bytes")
                #expect(try encoded.digest() == digest(of: content))
                if size > 600 { #expect(encoded.stored.size < Int64(size) / 2) }
            }
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func contentThatDoesNotCompressComesBack(_ coding: ContentCoding) throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let content = sampleBytes(3_000_001)
            let encoded = try store.putEncoded(content, as: coding)
            #expect(try encoded.contents(0..<3_000_001) == content)
            #expect(try encoded.digest() == digest(of: content))
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func anyRangeComesBack(_ coding: ContentCoding) throws {
        try withTemporaryFolder { root in
            let size = 5_000_003
            let content = sampleText(size)
            let encoded = try makeStore(at: root).putEncoded(content, as: coding)
            var random = SeededGenerator(seed: 7)
            let frame = Int64(coding.frameBytes(forContentOf: Int64(size)))
            var ranges: [Range<Int64>] = [0..<1, frame - 1..<frame + 1, frame..<frame + 1, 5_000_002..<5_000_003]
            for _ in 0..<20 {
                let start = Int64(random.next() % UInt64(size))
                ranges.append(start..<min(Int64(size), start + 1 + Int64(random.next() % 10_000)))
            }
            for range in ranges {
                let expected = content.getSlice(at: Int(range.lowerBound), length: range.count)
                #expect(try encoded.contents(range) == expected, "\(range)")
            }
        }
    }

    /// A part costs the frame it lies in, and not those before it.
    @Test(arguments: ContentCoding.allCases)
    func rangeReadsOnlyItsFrames(_ coding: ContentCoding) throws {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            let store = try makeStore(at: root, on: disk)
            let encoded = try store.putEncoded(sampleText(9_000_000), as: coding)
            disk.resetCounts()
            _ = try encoded.contents(8_000_000..<8_004_096)
            #expect(disk.count(of: .read) == 1)
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func programOfTheCodingReadsTheFile(_ coding: ContentCoding) throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            for size in [700, 5_000_000] {
                let content = sampleText(size)
                let blob = try store.putEncoded(content, as: coding).blob
                let path = store.layout.file(of: blob, encoding: BlobEncoding(isInline: false, coding: coding))
                #expect(path.string.hasSuffix(coding == .gzip ? "\(blob.hex).gz" : "\(blob.hex).zst"))
                let decoded = try run(coding.rawValue, "-dc", path.string)
                #expect(decoded == Data(content.readableBytesView))
            }
        }
    }

    /// Browsers stop after the first member of a gzip file: all of the content has to be in it.
    @Test func gzipFileHasOneMember() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let blob = try store.putEncoded(sampleText(3_000_000), as: .gzip).blob
            let path = store.layout.file(of: blob, encoding: .gzip)
            let program = """
                import gzip, sys, zlib
                decoder = zlib.decompressobj(31)
                data = decoder.decompress(open(sys.argv[1], "rb").read())
                whole = gzip.open(sys.argv[1]).read()
                print(len(data), decoder.eof, len(decoder.unused_data), whole == data)
                """
            let answer = try run("python3", "-c", program, path.string)
            #expect(String(decoding: answer, as: UTF8.self) == "3000000 True 0 True\n")
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func higherLevelTakesLessSpace(_ coding: ContentCoding) throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let content = sampleText(200_000)
            let fast = try store.putEncoded(content, as: coding, level: coding.levels.lowerBound).stored.size
            let small = try store.putEncoded(content, as: coding, level: coding.levels.upperBound).stored.size
            let beyond = try store.putEncoded(content, as: coding, level: 1000).stored.size
            #expect(small < fast)
            #expect(beyond == small)
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func sizeIsTheSameWithoutAFile(_ coding: ContentCoding) throws {
        try withTemporaryFolder { root in
            let content = sampleText(2_500_000)
            let written = try makeStore(at: root).putEncoded(content, as: coding).stored.size
            let encoder = try ContentEncoder(contentSize: 2_500_000, coding: coding, level: nil, file: nil)
            var rest = content
            while rest.readableBytes > 0,
                let frame = rest.readSlice(length: min(encoder.frameBytes, rest.readableBytes))
            {
                try encoder.write(frame)
            }
            try encoder.finish()
            #expect(encoder.storedBytes == written)
        }
    }

    @Test func framesOfGzipGrowWithContentsWhoseIndexWouldBeTooLong() throws {
        let limit = Int64(GzipFormat.maxFrames) << 20
        #expect(ContentCoding.zstd.frameBytes(forContentOf: limit, level: 12) == 4 << 20)
        #expect(ContentCoding.zstd.frameBytes(forContentOf: limit, level: 13) == 1 << 20)
        #expect(ContentCoding.zstd.frameBytes(forContentOf: ContentCoding.zstd.maxContentSize, level: 19) == 4 << 20)
        #expect(ContentCoding.gzip.frameBytes(forContentOf: limit) == 1 << 20)
        #expect(ContentCoding.gzip.frameBytes(forContentOf: limit + 1) == 2 << 20)
        #expect(ContentCoding.gzip.frameBytes(forContentOf: ContentCoding.gzip.maxContentSize) == 4 << 20)
        #expect(throws: BlobError.self) {
            try ContentEncoder(
                contentSize: ContentCoding.gzip.maxContentSize + 1,
                coding: .gzip,
                level: nil,
                file: nil
            )
        }
    }
}
