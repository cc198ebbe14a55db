import Foundation

/// One way to write what can be written in several, so that texts of any origin can be searched and compared.
enum TextNormalization {
    /// A line in Unicode's composed form (NFC), without ligatures, soft hyphens and control characters, with one space
    /// between words.
    static func line(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let letters = Self.ligatures[scalar] {
                scalars.append(contentsOf: letters.unicodeScalars)
            } else if scalar != "\u{AD}" {
                scalars.append(scalar)
            }
        }
        return String(scalars).precomposedStringWithCanonicalMapping.visible(upTo: .max)
    }

    private static let ligatures: [Unicode.Scalar: String] = [
        "\u{FB00}": "ff", "\u{FB01}": "fi", "\u{FB02}": "fl", "\u{FB03}": "ffi", "\u{FB04}": "ffl", "\u{FB05}": "st",
        "\u{FB06}": "st",
    ]
}

extension DocumentPage {
    /// The page with all its texts normalized; lines and blocks that say nothing then are left out.
    var normalized: DocumentPage {
        var page = self
        page.blocks = self.blocks.compactMap { block in
            var block = block
            block.lines = block.lines.compactMap { line in
                var line = line
                line.text = TextNormalization.line(line.text)
                return line.text.isEmpty ? nil : line
            }
            block.text = block.lines.map(\.text).joined(separator: "\n")
            return block.lines.isEmpty ? nil : block
        }
        if page.blocks.isEmpty { page.confidence = nil }
        return page
    }
}
