import Testing

@testable import PurserCLI

@Suite("The console")
struct ConsoleTests {
    @Test func resultsAndWordsGoDifferentWays() throws {
        let captured = Console.captured()
        try captured.console.result("result")
        try captured.console.done("done")
        captured.console.note("note")
        captured.console.failure("one\ntwo")
        #expect(captured.output == "result\ndone\n")
        #expect(captured.diagnostics == "note\npurser: one\npurser: two\n")
    }

    @Test func quietLeavesResultsAndFailures() throws {
        let captured = Console.captured(.init(isQuiet: true, isStatusTerminal: true))
        try captured.console.result("result")
        try captured.console.done("done")
        captured.console.note("note")
        captured.console.status("status")
        captured.console.failure("failure")
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
        captured.console.status("50%")
        try captured.console.result("result")
        captured.console.status(nil)
        #expect(captured.diagnostics == "\r\u{1b}[K50%\r\u{1b}[K")
    }

    @Test func keysAreWrittenAsTheyAreUnlessToATerminal() throws {
        let piped = Console.captured()
        let terminal = Console.captured(.init(isOutputTerminal: true))
        for captured in [piped, terminal] { try captured.console.results(["a\u{9b}b"]) }
        #expect(piped.output == "a\u{9b}b\n")
        #expect(terminal.output == "a\u{fffd}b\n")
    }
}
