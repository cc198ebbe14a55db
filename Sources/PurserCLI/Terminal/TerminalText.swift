/// Text from outside, made harmless to a terminal.
///
/// Keys and messages may hold C1 controls, which some terminals obey like escape sequences, and marks that turn the
/// direction of writing, by which one name can look like another.
enum TerminalText {
    /// Replaces what a terminal would obey by U+FFFD.
    static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: self.isObeyed) else { return text }
        var harmless = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            harmless.append(self.isObeyed(scalar) ? "\u{fffd}" : scalar)
        }
        return String(harmless)
    }

    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1f, 0x7f...0x9f: true
        case 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// Shortens a text in its middle, so that its end, which tells files apart best, stays.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - width: Columns at most; below 1 nothing is left.
    /// - Returns: The text, or its head and its longer tail.
    static func fitted(_ text: String, to width: Int) -> String {
        guard TerminalWidth.of(text) > width else { return text }
        guard width > 1 else { return width == 1 ? "…" : "" }
        let head = (width - 1) / 3
        let end = String(self.beginning(of: text.reversed(), width - 1 - head).reversed())
        return "\(self.beginning(of: text, head))…\(end)"
    }

    /// Shortens a text at its end, so that columns stay where they are.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - width: Columns at most; below 1 nothing is left.
    /// - Returns: The text, or its beginning.
    static func cut(_ text: String, to width: Int) -> String {
        guard TerminalWidth.of(text) > width else { return text }
        return width < 1 ? "" : "\(self.beginning(of: text, width - 1))…"
    }

    /// As many characters as fit.
    private static func beginning(of text: some Sequence<Character>, _ width: Int) -> String {
        var beginning = ""
        var room = width
        for character in text {
            room -= TerminalWidth.of(character)
            guard room >= 0 else { break }
            beginning.append(character)
        }
        return beginning
    }
}
