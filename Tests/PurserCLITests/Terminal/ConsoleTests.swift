import Testing

@testable import PurserCLI

@Suite("The console")
struct ConsoleTests {
    @Test func resultsAndWordsGoDifferentWays() throws {
        let captured = Console.captured()
        try captured.console.result("result")
        try captured.console.done("done")
        captured.console.note("note")
        captured.console.failure(CommandError("one\ntwo"))
        #expect(captured.output == "result\ndone\n")
        #expect(captured.diagnostics == "note\npurser: one\npurser: two\n")
    }

    @Test func quietLeavesResultsAndFailures() throws {
        let captured = Console.captured(.init(isQuiet: true, isStatusTerminal: true))
        try captured.console.result("result")
        try captured.console.done("done")
        captured.console.note("note")
        captured.console.status([StatusLine("status")])
        captured.console.failure(CommandError("failure"))
        #expect(captured.output == "result\n")
        #expect(captured.diagnostics == "purser: failure\n")
    }

    @Test func jsonLeavesOnlyDocumentsOnStandardOutput() throws {
        let captured = Console.captured(.init(isJSON: true))
        try captured.console.done("done")
        try captured.console.result("{}")
        #expect(captured.output == "{}\n")
    }

    @Test func aStatusLineIsTakenAwayBeforeAnythingElse() throws {
        let captured = Console.captured(.init(isStatusTerminal: true))
        captured.console.status([StatusLine("50%")])
        try captured.console.result("result")
        captured.console.status([])
        #expect(captured.diagnostics == "\r50%\u{1b}[K\u{1b}[J\r\u{1b}[J")
    }

    @Test func statusLinesAreDrawnOverTheLastOnes() {
        let captured = Console.captured(.init(isStatusTerminal: true))
        captured.console.status([StatusLine("one"), StatusLine("two"), StatusLine("three")])
        captured.console.status([StatusLine("four")])
        captured.console.note("note")
        #expect(
            captured.diagnostics == "\rone\u{1b}[K\r\ntwo\u{1b}[K\r\nthree\u{1b}[K\u{1b}[J"
                + "\r\u{1b}[2Afour\u{1b}[K\u{1b}[J" + "\r\u{1b}[Jnote\n"
        )
    }

    @Test func aLineThatBecameSeveralRowsIsTakenAwayWhole() {
        let captured = Console.captured(.init(isStatusTerminal: true))
        // Twice as wide as the terminal is now, as after its window was made narrower.
        captured.console.status([StatusLine(String(repeating: "x", count: 2 * captured.console.size.width))])
        captured.console.status([])
        #expect(captured.diagnostics.hasSuffix("\r\u{1b}[1A\u{1b}[J"))
    }

    @Test func keysAreWrittenAsTheyAreUnlessToATerminal() throws {
        let piped = Console.captured()
        let terminal = Console.captured(.init(isOutputTerminal: true))
        for captured in [piped, terminal] { try captured.console.results(["a\u{9b}b"]) }
        #expect(piped.output == "a\u{9b}b\n")
        #expect(terminal.output == "a\u{fffd}b\n")
    }
}
