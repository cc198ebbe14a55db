import Testing

@testable import PurserProcessing

struct WordTableTests {
    private static let header =
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"

    /// A row of a word, in pixels.
    private static func word(_ text: String, block: Int = 1, paragraph: Int = 1, line: Int = 1, x: Int, y: Int = 10)
        -> String
    {
        "5\t1\t\(block)\t\(paragraph)\t\(line)\t1\t\(x)\t\(y)\t20\t10\t90\t\(text)\n"
    }

    private static let page = "1\t1\t0\t0\t0\t0\t0\t0\t200\t100\t-1\t\n"

    @Test func wordsBecomeLinesAndParagraphsBecomeBlocks() throws {
        let text =
            Self.header + Self.page + Self.word("one", x: 0) + Self.word("two", x: 30)
            + Self.word("three", line: 2, x: 0, y: 30)
            + Self.word("four", paragraph: 2, x: 0, y: 60) + Self.word("five", block: 2, x: 100, y: 0)
        let pages = try #require(WordTable(scale: 0.5, source: .ocr).pages(text, first: 7))
        #expect(pages.count == 1)
        let page = PageLayout.page(pages[0])
        #expect((page.number, page.width, page.height) == (7, 100, 50))
        #expect(page.blocks.map(\.text) == ["one two\nthree", "four", "five"])
        #expect(page.blocks[0].box == DocumentBox(x: 0, y: 5, width: 25, height: 15))
        #expect(page.blocks[0].lines.map(\.box.width) == [25, 10])
        #expect(page.confidence == 0.9)
    }

    @Test func boxesStayOnThePage() throws {
        let text = Self.header + Self.page + Self.word("out", x: -10) + Self.word("far", line: 2, x: 190, y: 95)
        let page = PageLayout.page(try #require(WordTable(scale: 1, source: .text).pages(text, first: 1))[0])
        #expect(page.blocks[0].lines[0].box == DocumentBox(x: 0, y: 10, width: 10, height: 10))
        #expect(page.blocks[0].lines[1].box == DocumentBox(x: 190, y: 95, width: 10, height: 5))
    }

    @Test(arguments: [
        "", "words\n", header.replacing("conf", with: "sure"), header + "5\t1\tx\n",
        header + page.replacing("200", with: "nan"),
        header + page + "5\t1\t1\t1\t1\t1\ta\tb\tc\td\t90\tx\n",
    ])
    func whatIsNoSuchTableIsNotRead(_ text: String) {
        #expect(WordTable(scale: 1, source: .text).pages(text, first: 1) == nil)
    }

    @Test(arguments: [
        ("o\u{FB03}ce", "office"), ("Gru\u{308}ße", "Grüße"), ("soft\u{AD}ware", "software"),
        ("a\u{7}b\u{200B}c", "a b c"),
        ("  a \u{A0} b ", "a \u{A0} b"), ("\u{1}", ""),
    ])
    func textsAreWrittenInOneWay(_ text: String, _ normal: String) {
        #expect(TextNormalization.line(text).unicodeScalars.elementsEqual(normal.unicodeScalars))
    }

    @Test func linesThatSayNothingAreLeftOut() {
        let box = DocumentBox(x: 0, y: 0, width: 1, height: 1)
        let line = DocumentPage.Line(box: box, text: "\u{AD}", confidence: 1)
        let block = DocumentPage.Block(box: box, text: "\u{AD}", confidence: 1, lines: [line])
        let page = DocumentPage(number: 1, width: 1, height: 1, source: .text, confidence: 1, blocks: [block])
        #expect(page.normalized.blocks.isEmpty && page.normalized.confidence == nil)
    }
}
