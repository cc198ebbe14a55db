/// Puts the words of a page together: words to lines, lines to blocks, each with the box around it.
enum PageLayout {
    /// A page in blocks and lines; what has no text is left out.
    static func page(_ page: WordPage) -> DocumentPage {
        var blocks: [DocumentPage.Block] = []
        for words in Self.runs(of: page.words, by: \.block) {
            let lines = Self.runs(of: words, by: \.line).map { Self.line($0, on: page) }
            blocks.append(
                DocumentPage.Block(
                    box: DocumentBox(around: lines.map(\.box)).on(width: page.width, height: page.height),
                    text: lines.map(\.text).joined(separator: "\n"),
                    confidence: Self.mean(lines.map { ($0.confidence, $0.text) }) ?? 0,
                    lines: lines
                )
            )
        }
        return DocumentPage(
            number: page.number,
            width: page.width.hundredths,
            height: page.height.hundredths,
            source: page.source,
            confidence: Self.mean(blocks.map { ($0.confidence, $0.text) }),
            blocks: blocks
        )
    }

    private static func line(_ words: [WordPage.Word], on page: WordPage) -> DocumentPage.Line {
        DocumentPage.Line(
            box: DocumentBox(around: words.map(\.box)).on(width: page.width, height: page.height),
            text: words.map(\.text).joined(separator: " "),
            confidence: Self.mean(words.map { ($0.confidence, $0.text) }) ?? 0
        )
    }

    /// Neighbours with the same number.
    private static func runs(
        of words: [WordPage.Word],
        by number: (WordPage.Word) -> Int
    ) -> [[WordPage.Word]] {
        var runs: [[WordPage.Word]] = []
        var last: Int?
        for word in words {
            if last == number(word) {
                runs[runs.count - 1].append(word)
            } else {
                runs.append([word])
            }
            last = number(word)
        }
        return runs
    }

    /// The mean by the lengths of texts, in thousandths; `nil` where there is no text.
    static func mean(_ parts: [(confidence: Double, text: String)]) -> Double? {
        var (sum, count) = (0.0, 0.0)
        for part in parts {
            let length = Double(part.text.unicodeScalars.count)
            sum += part.confidence * length
            count += length
        }
        return count > 0 ? (sum / count * 1_000).rounded() / 1_000 : nil
    }
}
