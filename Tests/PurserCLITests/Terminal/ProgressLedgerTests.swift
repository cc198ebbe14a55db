import Testing

@testable import PurserCLI

@Suite("What is known of transfers")
struct ProgressLedgerTests {
    private func texts(_ ledger: inout ProgressLedger, at elapsed: Duration = .seconds(1), atMost count: Int = 20)
        -> [String]
    {
        ledger.lines(at: elapsed, atMost: count).map { $0.rendered(width: 200).text }
    }

    @Test func eachRunningTransferHasALineAndAllHaveOne() {
        var ledger = ProgressLedger(isBatch: true)
        let first = ledger.begin("a", bytesTotal: 100, at: .zero)
        let second = ledger.begin("b", bytesTotal: nil, at: .zero)
        ledger.advance(first, bytes: 50)
        ledger.advance(second, bytes: 7)
        #expect(
            self.texts(&ledger) == [
                "a  [##########..........]   50%  50 B of 100 B  50 B/s  0:01 left", "b  7 B  7 B/s  0:01",
                "0 files  57 B  57 B/s  0:01",
            ]
        )
        ledger.end(first, isDone: true)
        ledger.end(second, isDone: false)
        ledger.expected = (4, 1000)
        #expect(self.texts(&ledger).map { $0.prefix(26) } == ["2 of 4 files, 1 failed  [#"])
    }

    @Test func aSingleTransferHasItsLineOnly() {
        var ledger = ProgressLedger(isBatch: false)
        #expect(self.texts(&ledger).isEmpty)
        _ = ledger.begin("a", bytesTotal: 10, at: .zero)
        #expect(self.texts(&ledger).count == 1)
    }

    @Test func fewRowsKeepTheLineForAll() {
        var ledger = ProgressLedger(isBatch: true)
        for name in ["a", "b", "c"] { _ = ledger.begin(name, bytesTotal: nil, at: .zero) }
        #expect(self.texts(&ledger, atMost: 2).map { $0.prefix(1) } == ["a", "0"])
        #expect(self.texts(&ledger, atMost: 0).map { $0.prefix(1) } == ["0"])
    }

    @Test func theRateIsOfWhatIsMovedOnly() {
        var ledger = ProgressLedger(isBatch: false)
        let id = ledger.begin("a", bytesTotal: 1000, at: .zero)
        ledger.expect(id, bytesTotal: 1000, offset: 900)
        ledger.advance(id, bytes: 10)
        #expect(self.texts(&ledger) == ["a  [##################..]   91%  910 B of 1000 B  10 B/s  0:09 left"])
    }

    @Test func whatIsComparedIsNotMoved() {
        var ledger = ProgressLedger(isBatch: true)
        let id = ledger.begin("a", bytesTotal: 10, at: .zero)
        ledger.compare(id, bytes: 5)
        #expect(
            self.texts(&ledger) == [
                "comparing a  [##########..........]   50%  5 B of 10 B", "0 files  0 B  0 B/s  0:01",
            ]
        )
        ledger.advance(id, bytes: 1)
        #expect(self.texts(&ledger).first?.hasPrefix("a  [##..................]   10%") == true)
    }

    @Test func whatNeedNotBeMovedCountsAsDone() {
        var ledger = ProgressLedger(isBatch: true)
        ledger.expected = (2, 20)
        let id = ledger.begin("a", bytesTotal: 10, at: .zero)
        ledger.end(id, isDone: true)
        #expect(self.texts(&ledger).first?.hasPrefix("1 of 2 files  [##########..........]   50%") == true)
    }

    @Test func bytesTakenBackAfterTheEndChangeNothing() {
        var ledger = ProgressLedger(isBatch: true)
        let id = ledger.begin("a", bytesTotal: 10, at: .zero)
        ledger.advance(id, bytes: 10)
        ledger.end(id, isDone: true)
        let before = self.texts(&ledger)
        ledger.advance(id, bytes: -10)
        #expect(self.texts(&ledger) == before)
    }
}

@Suite("Columns of a terminal")
struct TerminalWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("ü", 1), ("日本", 4), ("한", 2), ("📁", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2),
        ("…", 1),
        ("ﾊ", 1), ("Ａ", 2), ("❤️", 2),
    ])
    func widthsAreThoseOfTerminals(_ text: String, _ columns: Int) {
        #expect(TerminalWidth.of(text) == columns)
    }

    @Test func wideNamesAreCutByColumns() {
        #expect(TerminalText.fitted("日本語の書類.pdf", to: 11) == "日…類.pdf")
        #expect(TerminalWidth.of(TerminalText.fitted("日本語の書類.pdf", to: 10)) <= 10)
    }
}
