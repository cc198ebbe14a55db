import Testing

@testable import PurserCLI

@Suite("The progress line")
struct ProgressLineTests {
    private func line(done: Int64, of total: Int64?, rate: Double? = nil, name: String = "a.pdf") -> ProgressLine {
        ProgressLine(name: name, bytesDone: done, bytesTotal: total, rate: rate, elapsed: .seconds(65))
    }

    @Test func aKnownTotalHasBarPercentRateAndRemainingTime() {
        let text = self.line(done: 512 * 1024, of: 1 << 20, rate: 65_536).rendered(width: 100)
        #expect(text == "a.pdf  [##########..........]   50%  512 KiB of 1.0 MiB  64.0 KiB/s  0:08 left")
    }

    @Test func anUnknownTotalHasAmountAndElapsedTime() {
        #expect(self.line(done: 2048, of: nil, rate: 1024).rendered(width: 100) == "a.pdf  2.0 KiB  1.0 KiB/s  1:05")
    }

    @Test func withoutEvidenceThereIsNoRateAndNoRemainingTime() {
        let line = self.line(done: 0, of: 100)
        #expect(line.remaining == nil)
        #expect(line.rendered(width: 100) == "a.pdf  [....................]    0%  0 B of 100 B")
    }

    @Test(arguments: 0...120)
    func noLineIsWiderThanItsTerminal(_ width: Int) {
        let name = "a rather long name of a document that nobody can remember.pdf"
        for line in [
            self.line(done: 1_000_000, of: 5_000_000_000, rate: 3_000, name: name),
            self.line(done: 7, of: nil, name: name),
        ] {
            #expect(line.rendered(width: width).count <= width)
        }
    }

    @Test func theBarGoesBeforeTheName() {
        let text = self.line(done: 50, of: 100, rate: 10).rendered(width: 50)
        #expect(text.hasPrefix("a.pdf  "))
        #expect(!text.contains("["))
    }

    @Test func onlyWhatIsCompleteIsAHundredPercent() {
        #expect(self.line(done: 999_999, of: 1_000_000).rendered(width: 100).contains(" 99%"))
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
