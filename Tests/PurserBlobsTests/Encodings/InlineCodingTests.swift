import Foundation
import NIOCore
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserBlobs

@Suite struct InlineCodingTests {
    @Test(arguments: ContentCoding.allCases)
    func contentComesBack(_ coding: ContentCoding) throws {
        for size in [1, 512, 4096, 65_536, 1 << 20] {
            let content = sampleText(size)
            let stored = try InlineCoding.encode(content, as: coding)
            let decoded = try stored.withUnsafeReadableBytes {
                try InlineCoding.decode($0, as: coding, size: Int64(size))
            }
            #expect(decoded == content)
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func programOfTheCodingReadsIt(_ coding: ContentCoding) throws {
        try withTemporaryFolder { folder in
            let content = sampleText(5000)
            let path = folder.appending(coding == .gzip ? "a.gz" : "a.zst").string
            try Data(InlineCoding.encode(content, as: coding).readableBytesView).write(to: URL(filePath: path))
            #expect(try run(coding.rawValue, "-dc", path) == Data(content.readableBytesView))
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func noFlippedBitGivesWrongBytes(_ coding: ContentCoding) throws {
        let content = sampleText(600)
        let good = [UInt8](try InlineCoding.encode(content, as: coding).readableBytesView)
        var found = 0
        for place in good.indices {
            var bytes = good
            bytes[place] ^= 0x10
            do {
                let decoded = try bytes.withUnsafeBytes { try InlineCoding.decode($0, as: coding, size: 600) }
                #expect(decoded == content, "byte \(place)")
            } catch let error as BlobError {
                #expect(error.code == .damaged)
                found += 1
            }
        }
        #expect(found >= good.count - 1)
    }

    @Test(arguments: ContentCoding.allCases)
    func otherBytesOrAnotherSizeAreDamage(_ coding: ContentCoding) throws {
        let good = [UInt8](try InlineCoding.encode(sampleText(600), as: coding).readableBytesView)
        let spoiled: [([UInt8], Int64)] = [
            ([], 600), ([1, 2, 3], 600), (Array(good.dropLast()), 600), (good + [0], 600), (good, 599), (good, 601),
            (good, 0), (good, .max),
        ]
        for (bytes, size) in spoiled {
            let error = #expect(throws: BlobError.self) {
                try bytes.withUnsafeBytes { try InlineCoding.decode($0, as: coding, size: size) }
            }
            #expect(error?.code == .damaged)
        }
    }
}
