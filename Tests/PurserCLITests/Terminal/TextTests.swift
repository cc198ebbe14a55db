import Testing

@testable import PurserCLI

@Suite("Numbers and names for people")
struct TextTests {
    @Test(arguments: [
        (Int64(0), "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (10_239, "10.0 KiB"),
        (102_348, "99.9 KiB"), (102_400, "100 KiB"), (1_048_064, "1.0 MiB"), (1_048_063, "1023 KiB"),
        (5 << 30, "5.0 GiB"), (.max, "8.0 EiB"), (-5, "0 B"),
    ])
    func sizesHaveThreeFiguresAndAUnit(_ bytes: Int64, _ text: String) {
        #expect(ByteText.short(bytes) == text)
    }

    @Test(arguments: [
        (Duration.zero, "0:00"), (.milliseconds(499), "0:00"), (.milliseconds(500), "0:01"), (.seconds(75), "1:15"),
        (.seconds(3599), "59:59"), (.seconds(3600), "1:00:00"), (.seconds(11_045), "3:04:05"),
        (.seconds(360_000), ">99 h"), (.seconds(Int64.max), ">99 h"), (.seconds(-3), "0:00"),
    ])
    func waitsAreShownAsAClock(_ duration: Duration, _ text: String) {
        #expect(TimeText.clock(duration) == text)
    }

    @Test func ratesThatAreNoNumbersAreADash() {
        #expect(ByteText.rate(2048) == "2.0 KiB/s")
        #expect(ByteText.rate(.infinity) == "-")
        #expect(ByteText.rate(.nan) == "-")
    }

    @Test func namesCannotCommandTheTerminal() {
        #expect(TerminalText.harmless("plain ünï 📄") == "plain ünï 📄")
        #expect(TerminalText.harmless("a\u{9b}2Jb") == "a\u{fffd}2Jb")
        #expect(TerminalText.harmless("a\u{202e}fdp.exe") == "a\u{fffd}fdp.exe")
        #expect(TerminalText.harmless("a\nb\u{1b}[K") == "a\u{fffd}b\u{fffd}[K")
    }

    @Test(arguments: 0...12)
    func fittedTextsKeepTheirEndAndNeverExceedTheWidth(_ width: Int) {
        let text = TerminalText.fitted("archive.pdf", to: width)
        #expect(text.count == min(width, 11))
        if (3...10).contains(width) { #expect(text.hasSuffix("f") && text.contains("…")) }
    }
}
