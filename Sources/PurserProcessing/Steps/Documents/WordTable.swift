/// Reads the tables of words that `pdftotext -tsv` and `tesseract … tsv` write: the same columns in another order.
struct WordTable: Sendable {
    /// Points per unit of the table.
    var scale: Double
    /// How the words became known.
    var source: WordPage.Source
    /// Words on one page at most; a page with more is cut there.
    static let maxWords = 100_000

    /// Reads a table.
    ///
    /// - Parameters:
    ///   - text: The table, with its header.
    ///   - first: The number of its first page.
    /// - Returns: Its pages, in order; `nil` where it is no such table.
    func pages(_ text: String, first: Int) -> [WordPage]? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: true).makeIterator()
        guard let header = lines.next(), let columns = Columns(header) else { return nil }
        var pages: [WordPage] = []
        var blocks = Numbering()
        while let line = lines.next() {
            let fields = line.split(separator: "\t", maxSplits: 11, omittingEmptySubsequences: false)
            guard fields.count >= 11, let box = columns.box(fields, scale: self.scale) else { return nil }
            switch fields[0] {
            case "1":
                let number = first + pages.count
                pages.append(WordPage(number: number, width: box.width, height: box.height, source: self.source))
                blocks = Numbering()
            case "5":
                guard let page = pages.indices.last, fields.count == 12, pages[page].words.count < Self.maxWords else {
                    continue
                }
                let place = blocks.place(
                    block: fields[columns.block],
                    paragraph: fields[columns.paragraph],
                    line: fields[columns.line]
                )
                let word = fields[11].visible(upTo: 2_000)
                guard !word.isEmpty, let confidence = Double(fields[columns.confidence]), confidence.isFinite else {
                    continue
                }
                pages[page].words.append(
                    WordPage.Word(
                        text: word,
                        box: box,
                        confidence: min(1, max(0, confidence / 100)),
                        block: place.block,
                        line: place.line
                    )
                )
            default: break
            }
        }
        return pages
    }

    /// Which column is which.
    private struct Columns {
        let block, paragraph, line, left, top, width, height, confidence: Int

        init?(_ header: Substring) {
            let names = header.split(separator: "\t").map(String.init)
            func index(_ name: String) -> Int? { names.firstIndex(of: name) }
            guard names.first == "level", names.last == "text", names.count == 12,
                let block = index("block_num"), let paragraph = index("par_num"), let line = index("line_num"),
                let left = index("left"), let top = index("top"), let width = index("width"),
                let height = index("height"),
                let confidence = index("conf")
            else { return nil }
            (self.block, self.paragraph, self.line) = (block, paragraph, line)
            (self.left, self.top, self.width, self.height) = (left, top, width, height)
            self.confidence = confidence
        }

        func box(_ fields: [Substring], scale: Double) -> DocumentBox? {
            guard let left = Double(fields[self.left]), let top = Double(fields[self.top]),
                let width = Double(fields[self.width]), let height = Double(fields[self.height]),
                [left, top, width, height].allSatisfy(\.isFinite)
            else { return nil }
            return DocumentBox(
                x: left * scale,
                y: top * scale,
                width: max(0, width) * scale,
                height: max(0, height) * scale
            )
        }
    }

    /// Counts the blocks and lines of a page in the order in which they come: a paragraph is a block of its own.
    private struct Numbering {
        private var last: (block: Substring, paragraph: Substring, line: Substring)?
        private var block = -1
        private var line = -1

        mutating func place(block: Substring, paragraph: Substring, line: Substring) -> (block: Int, line: Int) {
            if let last, last.block == block, last.paragraph == paragraph {
                if last.line != line { self.line += 1 }
            } else {
                self.block += 1
                self.line = 0
            }
            self.last = (block, paragraph, line)
            return (self.block, self.line)
        }
    }
}
