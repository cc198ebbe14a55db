import PurserIdentifiers
import PurserTestSupport
import Testing

@Suite struct BlobIDTests {
    private static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test func hexRoundTrips() throws {
        let blob = try #require(BlobID(hex: Self.abc))
        #expect(blob.hex == Self.abc)
        #expect(blob.description == Self.abc)
        #expect(BlobID(hex: Self.abc.uppercased()) == blob)
        #expect(BlobID(bytes: blob.bytes) == blob)
        #expect(blob.bytes.first == 0xba && blob.bytes.last == 0xad)
    }

    @Test(arguments: ["", "ba78", String(repeating: "g", count: 64), String(repeating: "0", count: 65), "０"])
    func textThatIsNoDigestIsRefused(_ text: String) {
        #expect(BlobID(hex: text) == nil)
    }

    @Test(arguments: [0, 31, 33, 64])
    func otherLengthsAreRefused(_ count: Int) {
        #expect(BlobID(bytes: [UInt8](repeating: 7, count: count)) == nil)
    }

    @Test func orderIsThatOfTheBytes() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let left = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
            var right = left
            right[Int.random(in: 0..<32, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            let isLess = try #require(BlobID(bytes: left)) < #require(BlobID(bytes: right))
            #expect(isLess == left.lexicographicallyPrecedes(right), "\(left) \(right)")
        }
    }
}
