import PurserIdentifiers
import Testing

@Suite struct FileKeyTests {
    @Test(arguments: [
        "a", "..", ".", "//", "/", "a//b", "a/", "trailing.", " ", "💾/é.txt", "%2e%2e", "\\", "a b", "\u{80}",
        "\u{10FFFF}",
        String(repeating: "x", count: 1024), "C:\\x", "a\u{202e}b",
    ])
    func anythingPrintableIsAKey(_ text: String) throws {
        let key = try FileKey(text)
        #expect(Array(key.text.utf8) == Array(text.utf8))
        #expect(try FileKey(utf8: Array(text.utf8)) == key)
    }

    @Test(arguments: ["", "\0", "a\nb", "a\u{1f}", "\u{7f}", String(repeating: "x", count: 1025), "\t"])
    func othersAreRefused(_ text: String) {
        let error = #expect(throws: IdentifierError.self) { try FileKey(text) }
        #expect(error?.code == .invalidKey)
    }

    @Test(
        arguments: [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80]] as [[UInt8]]
    )
    func bytesThatAreNotUTF8AreRefused(_ bytes: [UInt8]) {
        #expect(throws: IdentifierError.self) { try FileKey(utf8: bytes) }
    }

    @Test func twoSpellingsOfALetterAreTwoKeys() throws {
        let composed = try FileKey("\u{e9}")
        let decomposed = try FileKey("e\u{301}")
        #expect(composed != decomposed)
        #expect(composed.text == decomposed.text, "Swift's own strings are equal, or this proves nothing")
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
    }
}
