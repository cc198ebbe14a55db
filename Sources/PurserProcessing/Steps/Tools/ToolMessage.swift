/// What a program wrote to its standard error, made fit for a report: short, and without control characters.
struct ToolMessage: Sendable, Hashable {
    /// The lines that say something, without repetitions.
    let lines: [String]

    /// Reads what a program wrote.
    init(_ text: String) {
        var lines: [String] = []
        for line in text.split(whereSeparator: \.isNewline) {
            // What GLib puts before a warning, and ImageMagick behind it, says nothing of the file.
            let line = line.replacing(#/^\(?[a-z]+:\d+\)?: [A-Z]+-WARNING \*\*: [0-9:.]+: /#, with: "")
                .replacing(#/ `[^']*' @ [a-z]+\/.*$/#, with: "")
            let shown = line.visible(upTo: 200)
            if !shown.isEmpty, !lines.contains(shown) { lines.append(shown) }
        }
        self.lines = lines
    }

    /// The first two lines.
    var summary: String { self.lines.prefix(2).joined(separator: "; ") }

    /// Whether any line contains one of the texts, in whatever case.
    func mentions(_ texts: String...) -> Bool {
        self.lines.contains { line in
            let line = line.lowercased()
            return texts.contains { line.contains($0) }
        }
    }
}

extension StringProtocol {
    /// The text without control characters and outer spaces, cut to so many characters.
    func visible(upTo count: Int) -> String {
        let kept = self.unicodeScalars.map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: " "
            default: Character(scalar)
            }
        }
        let text = String(kept)
        let words = text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        return words.count <= count ? words : words.prefix(count) + "…"
    }
}
