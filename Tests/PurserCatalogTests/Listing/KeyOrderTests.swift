import Testing

@testable import PurserCatalog

@Suite
struct KeyOrderTests {
    @Test(
        arguments: [
            ([0x61], [0x62]), ([0x61, 0xff], [0x62]), ([0x61, 0xff, 0xff], [0x62]),
            ([0xf4, 0x8f, 0xbf, 0xbf], [0xf4, 0x8f, 0xbf, 0xc0]),
            ([0xff], nil), ([0xff, 0xff], nil), ([], nil), ([0xfe], [0xff]), ([0x2f], [0x30]), ([0x00], [0x01]),
        ] as [([UInt8], [UInt8]?)]
    )
    func endOfAPrefixIsTheNextThatDoesNotHaveIt(_ prefix: [UInt8], _ end: [UInt8]?) {
        #expect(KeyOrder.end(ofPrefix: prefix) == end)
    }

    @Test(
        arguments: [
            ("a/b", 0, "/", "a/"), ("a/b", 2, "/", nil), ("a/b/c", 2, "/", "a/b/"), ("/", 0, "/", "/"),
            ("a//b", 0, "//", "a//"),
            ("aab", 0, "ab", "aab"), ("ab", 0, "abc", nil), ("", 0, "/", nil), ("aa", 1, "aa", nil),
        ] as [(String, Int, String, String?)]
    )
    func commonPrefixEndsWithTheFirstDelimiter(_ key: String, _ after: Int, _ delimiter: String, _ expected: String?) {
        let common = KeyOrder.commonPrefix(of: Array(key.utf8), after: after, delimiter: Array(delimiter.utf8))
        #expect(common == expected.map { Array($0.utf8) })
    }
}
