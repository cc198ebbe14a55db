/// Reads UTF-8 piece by piece: whether it is valid, and how many lines, words and characters there are.
struct UTF8Scan: Sendable, Hashable {
    /// Line ends, and one more where the last line has none.
    private(set) var lines: Int64 = 0
    /// Runs of anything but white space.
    private(set) var words: Int64 = 0
    /// Unicode scalars, without a byte order mark.
    private(set) var characters: Int64 = 0
    /// Whether all bytes so far can be UTF-8 text; a NUL cannot.
    private(set) var isValid = true

    private var rest: [UInt8] = []
    private var isInWord = false
    private var isLineOpen = false

    /// Takes the next bytes.
    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        guard self.isValid else { return }
        let all = self.rest + bytes
        let whole = all.count - Self.unfinished(all)
        self.rest = Array(all[whole...])
        guard let text = String(validating: all[..<whole], as: UTF8.self) else {
            self.isValid = false
            return
        }
        for scalar in text.unicodeScalars {
            self.count(scalar)
            if scalar == "\0" {
                self.isValid = false
                return
            }
        }
    }

    /// Ends the text.
    mutating func finish() {
        if !self.rest.isEmpty { self.isValid = false }
        if self.isLineOpen { self.lines += 1 }
        self.isLineOpen = false
    }

    private mutating func count(_ scalar: Unicode.Scalar) {
        guard scalar != "\u{FEFF}" || self.characters > 0 else { return }
        self.characters += 1
        let isSpace = scalar.isASCII ? Self.isSpace(scalar.value) : scalar.properties.isWhitespace
        if !isSpace, !self.isInWord { self.words += 1 }
        self.isInWord = !isSpace
        if scalar == "\n" { self.lines += 1 }
        self.isLineOpen = scalar != "\n"
    }

    private static func isSpace(_ value: UInt32) -> Bool { value == 32 || (9...13).contains(value) }

    /// Bytes at the end that begin a character without finishing it.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back ? back : 0
        }
        return 0
    }
}
