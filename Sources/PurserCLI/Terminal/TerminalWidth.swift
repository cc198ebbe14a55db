/// How many columns of a terminal a text takes (Unicode UAX #11, and what terminals make of it).
enum TerminalWidth {
    /// Columns of a text without controls.
    static func of(_ text: some StringProtocol) -> Int {
        text.reduce(0) { $0 + self.of($1) }
    }

    /// Columns of a character: that of its widest scalar.
    static func of(_ character: Character) -> Int {
        character.unicodeScalars.reduce(0) { max($0, self.of($1)) }
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case ..<0x300: return 1
        // Hangul initials, CJK, kana, Hangul, full-width forms, pictures.
        case 0x1100...0x115f, 0x231a...0x231b, 0x2329...0x232a, 0x23e9...0x23ec, 0x2614...0x2615, 0x2648...0x2653,
            0x26a1, 0x26bd...0x26be, 0x2705, 0x2728, 0x274c, 0x2753...0x2757, 0x2b50, 0x2b55, 0x2e80...0x303e,
            0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
            0xffe0...0xffe6, 0x1f1e6...0x1f1ff, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1faff,
            0x20000...0x3fffd:
            return 2
        // A variation selector that asks for a picture makes the character before it wide.
        case 0xfe0f: return 2
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return 1
        }
    }
}
