import Purser
import Testing

@testable import PurserCLI

@Suite("Figures for people")
struct FigureTextTests {
    @Test(arguments: [
        (0, "0 µs"), (0.000_34, "340 µs"), (0.001, "1.0 ms"), (0.0125, "12.5 ms"), (0.9999, "1.0 s"), (1.24, "1.2 s"),
        (99.96, "1:40"), (7384, "2:03:04"), (.infinity, "-"), (-1, "-"), (1e300, "-"),
    ])
    func timesHaveAUnitThatFits(_ seconds: Double, _ text: String) {
        #expect(TimeText.short(seconds: seconds) == text)
    }

    @Test(arguments: [
        (2_048, MetricUnit.bytes, "2.0 KiB"), (2_048, .bytesPerSecond, "2.0 KiB/s"), (0.5, .seconds, "500 ms"),
        (12.34, .percent, "12.3%"), (12, .none, "12"), (-5, .none, "-5"), (1_234_567.8, .ratio, "1234568"),
        (0.012_346, .ratio, "0.01235"), (1e18, .none, "1e+18"), (-1, .bytes, "-1"), (1e300, .bytes, "1e+300"),
        (.nan, .percent, "-"),
    ])
    func figuresHaveTheirMetricsUnit(_ value: Double, _ unit: MetricUnit, _ text: String) {
        #expect(FigureText.metric(value, unit) == text)
    }

    @Test func whatIsNotKnownIsAHyphen() {
        #expect(FigureText.metric(nil, .seconds) == "-")
        #expect(FigureText.percent(nil) == "-")
        #expect(FigureText.percent(1e300) == "-")
    }

    @Test func columnsAreAsWideAsTheirWidestText() {
        #expect(ColumnText.lines([["kind", "n"], ["日本", "100"], ["x"]]) == ["kind    n", "日本  100", "x   "])
        #expect(ColumnText.lines([]).isEmpty)
    }

    @Test func aPageIsCutToTheTerminal() {
        #expect(TerminalText.cut("abcdef", to: 6) == "abcdef")
        #expect(TerminalText.cut("abcdef", to: 4) == "abc…")
        #expect(TerminalText.cut("日本語", to: 4) == "日…")
        #expect(TerminalText.cut("abc", to: 0) == "")
    }
}
