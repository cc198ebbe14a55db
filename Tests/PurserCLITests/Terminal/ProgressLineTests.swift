import Testing

@testable import PurserCLI

@Suite("The progress line")
struct ProgressLineTests {
    private func line(done: Int64, of total: Int64?, rate: Double? = nil, name: String = "a.pdf") -> ProgressLine {
        ProgressLine(name: name, bytesDone: done, bytesTotal: total, rate: rate, elapsed: .seconds(65))
    }

    @Test func aKnownTotalHasBarPercentRateAndRemainingTime() {
        let text = self.line(done: 512 * 1024, of: 1 << 20, rate: 65_536).rendered(width: 100).text
        #expect(text == "a.pdf  [##########..........]   50%  512 KiB of 1.0 MiB  64.0 KiB/s  0:08 left")
    }

    @Test func anUnknownTotalHasAmountAndElapsedTime() {
        #expect(
            self.line(done: 2048, of: nil, rate: 1024).rendered(width: 100).text == "a.pdf  2.0 KiB  1.0 KiB/s  1:05"
        )
    }

    @Test func withoutEvidenceThereIsNoRateAndNoRemainingTime() {
        let line = self.line(done: 0, of: 100)
        #expect(line.remaining == nil)
        #expect(line.rendered(width: 100).text == "a.pdf  [....................]    0%  0 B of 100 B")
    }

    @Test(arguments: 0...120)
    func noLineIsWiderThanItsTerminal(_ width: Int) {
        let name = "a rather long name of a document that nobody can remember.pdf"
        for line in [
            self.line(done: 1_000_000, of: 5_000_000_000, rate: 3_000, name: name),
            self.line(done: 7, of: nil, name: name),
            self.line(done: 7, of: 9, rate: 1, name: "長い名前の書類で誰も覚えていないもの📁📁📁📁📁📁.pdf"),
        ] {
            let rendered = line.rendered(width: width, nameColumns: width % 30)
            #expect(rendered.columns == TerminalWidth.of(rendered.text))
            #expect(line.rendered(width: width).columns <= width)
        }
    }

    @Test func theBarGoesBeforeTheName() {
        let text = self.line(done: 50, of: 100, rate: 10).rendered(width: 50).text
        #expect(text.hasPrefix("a.pdf  "))
        #expect(!text.contains("["))
    }

    @Test func barsStandBelowOneAnother() {
        let lines = [self.line(done: 1, of: 2, name: "a"), self.line(done: 1, of: 2, name: "日本")]
        #expect(
            lines.map { $0.rendered(width: 100, nameColumns: 6).text } == [
                "a       [##########..........]   50%  1 B of 2 B", "日本    [##########..........]   50%  1 B of 2 B",
            ]
        )
    }

    @Test(arguments: [
        (70, "a name of a file   50%  512 KiB of 1.0 MiB  64.0 KiB/s  0:08 left"),
        (60, "a name of a file   50%  64.0 KiB/s  0:08 left"), (40, "a name of a file   50%  0:08 left"),
        (30, "a name of a file   50%"), (20, "a na…of a file   50%"), (14, "a … file   50%"), (8, " 50%"),
    ])
    func figuresGoBeforeTheName(_ width: Int, _ text: String) {
        let line = self.line(done: 512 * 1024, of: 1 << 20, rate: 65_536, name: "a name of a file")
        #expect(line.rendered(width: width).text == text)
    }

    @Test func onlyTheBarIsColoured() {
        let line = self.line(done: 512 * 1024, of: 1 << 20, name: "[##]\u{1b}[2J")
        let plain = line.rendered(width: 100)
        let coloured = line.rendered(width: 100, hasColor: true)
        #expect(coloured.columns == plain.columns)
        #expect(!plain.text.contains("\u{1b}"))
        #expect(coloured.text.hasPrefix("[##]\u{fffd}[2J  [\u{1b}[32m##########\u{1b}[0m..........]   50%"))
        #expect(!line.rendered(width: 40, hasColor: true).text.contains("\u{1b}"), "there is no bar in it")
    }

    @Test func onlyWhatIsCompleteIsAHundredPercent() {
        #expect(self.line(done: 999_999, of: 1_000_000).rendered(width: 100).text.contains(" 99%"))
        #expect(self.line(done: 0, of: 0).fraction == 1)
        #expect(self.line(done: 300, of: 200).fraction == 1)
    }

    @Test func aPlainLineIsASentence() {
        #expect(self.line(done: 512, of: 1024, rate: 64).plain == "a.pdf: 50% (512 B of 1.0 KiB, 64 B/s, 0:08 left)")
    }

    @Test func anEndlessRemainderIsNotTold() {
        #expect(self.line(done: 0, of: .max, rate: 1).remaining == nil)
        #expect(self.line(done: 0, of: 100, rate: 0).remaining == nil)
    }
}

@Suite("The rate of a transfer")
struct RateMeterTests {
    @Test func anEvenRateIsFoundExactly() {
        var meter = RateMeter(at: .zero)
        for step in 1...50 { meter.note(bytes: Int64(step) * 100, at: .milliseconds(step * 100)) }
        #expect(meter.rate.map { abs($0 - 1000) < 0.001 } == true)
    }

    @Test func thereIsNoRateBeforeThereIsEvidence() {
        var meter = RateMeter(at: .zero)
        #expect(meter.rate == nil)
        meter.note(bytes: 100, at: .milliseconds(400))
        #expect(meter.rate == nil)
    }

    @Test func whatWasLatelyCountsMost() {
        var meter = RateMeter(at: .zero)
        for step in 1...100 { meter.note(bytes: Int64(step) * 1000, at: .milliseconds(step * 100)) }
        for step in 101...300 { meter.note(bytes: 100_000, at: .milliseconds(step * 100)) }
        #expect((meter.rate ?? .infinity) < 500)
    }

    @Test func bytesTakenBackNeverMakeARateBelowZero() {
        var meter = RateMeter(at: .zero)
        meter.note(bytes: 1000, at: .seconds(1))
        meter.note(bytes: 0, at: .seconds(60))
        #expect(meter.rate == 0)
    }
}
