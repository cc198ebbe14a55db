import Foundation
import Synchronization
import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Where the command line speaks: results on standard output, everything else on standard error.
final class Console: Sendable {
    /// Takes bytes, all of them.
    typealias Sink = @Sendable ([UInt8]) throws -> Void

    /// How it speaks.
    struct Style: Sendable {
        /// Nothing but results and failures.
        var isQuiet = false
        /// Results as JSON.
        var isJSON = false
        /// Whether standard output is a terminal.
        var isOutputTerminal = false
        /// Whether standard error is a terminal on which a line can be drawn again.
        var isStatusTerminal = false
        /// Whether standard output is a terminal on which a page can be drawn again.
        var isOutputScreen = false
        /// Whether failures may be coloured.
        var hasColor = false
    }

    /// How it speaks.
    let style: Style
    private let output: Sink
    private let diagnostics: Sink
    /// The columns of the status lines that stand on the terminal.
    ///
    /// The lock is held while a line is written, so that two never mix.
    private let shown = Mutex<[Int]>([])

    /// Speaks into sinks of the caller's choice.
    init(style: Style, output: @escaping Sink, diagnostics: @escaping Sink) {
        self.style = style
        self.output = output
        self.diagnostics = diagnostics
    }

    /// Speaks to the process's own standard output and error.
    static func standard(
        isQuiet: Bool,
        isJSON: Bool,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Console {
        let isDumb = environment["TERM"] == nil || environment["TERM"] == "dumb"
        let isStatusTerminal = isatty(STDERR_FILENO) == 1 && !isDumb
        let style = Style(
            isQuiet: isQuiet,
            isJSON: isJSON,
            isOutputTerminal: isatty(STDOUT_FILENO) == 1,
            isStatusTerminal: isStatusTerminal,
            isOutputScreen: isatty(STDOUT_FILENO) == 1 && !isDumb,
            hasColor: isStatusTerminal && (environment["NO_COLOR"] ?? "").isEmpty
        )
        return Console(
            style: style,
            output: { bytes in
                do {
                    try FileDescriptor.standardOutput.writeAll(bytes)
                } catch Errno.brokenPipe {
                    throw ClosedOutput()
                } catch let error as Errno {
                    throw CommandError("standard output cannot be written: \(error)")
                }
            },
            diagnostics: { try FileDescriptor.standardError.writeAll($0) }
        )
    }

    /// Columns and rows of the terminal.
    var size: (width: Int, height: Int) {
        for descriptor in [STDERR_FILENO, STDOUT_FILENO] {
            var size = winsize()
            guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { continue }
            return (Int(size.ws_col), Int(size.ws_row))
        }
        return (80, 24)
    }

    /// Writes a line of the result.
    ///
    /// - Throws: ``ClosedOutput`` where nobody reads any more; `Errno`.
    func result(_ line: String) throws {
        let line = self.style.isOutputTerminal ? TerminalText.harmless(line) : line
        try self.write(line + "\n", to: self.output)
    }

    /// Writes several lines of the result at once.
    func results(_ lines: [String]) throws {
        guard !lines.isEmpty else { return }
        let lines = self.style.isOutputTerminal ? lines.map(TerminalText.harmless) : lines
        try self.write(lines.joined(separator: "\n") + "\n", to: self.output)
    }

    /// Writes a text of several lines as it is, but what a terminal would obey.
    func text(_ text: String) throws {
        guard self.style.isOutputTerminal else { return try self.write(text, to: self.output) }
        try self.results(text.split(whereSeparator: \.isNewline).map(String.init))
    }

    /// Draws a page over the whole terminal, cut to its size.
    ///
    /// Only where standard output is a screen.
    func page(_ lines: [String]) throws {
        let (width, height) = self.size
        let fitting = lines.prefix(max(1, height - 1)).map {
            TerminalText.cut(TerminalText.harmless($0), to: width)
        }
        // Each line is cleared behind its end rather than the screen before: that would flicker.
        try self.write("\u{1b}[H\(fitting.map { "\($0)\u{1b}[K\r\n" }.joined())\u{1b}[J", to: self.output)
    }

    /// Says what was done, for people: not with `--quiet`, and not with `--json`, which has its document.
    func done(_ line: String) throws {
        guard !self.style.isQuiet, !self.style.isJSON else { return }
        try self.result(line)
    }

    /// Says something beside the result, with `--json` as `{"note":…}`; nothing with `--quiet`.
    func note(_ line: String) {
        guard !self.style.isQuiet else { return }
        guard !self.style.isJSON else { return self.diagnose(["note": line]) }
        self.diagnose(TerminalText.harmless(line))
    }

    /// Says that the work ended before its end because the user wished so.
    func end(_ error: CommandError) {
        if self.style.isJSON { self.diagnose(error.document()) } else { self.note(error.message) }
    }

    /// Says what failed: a line for each of the text's, or with `--json` a document.
    ///
    /// - Parameters:
    ///   - error: The failure.
    ///   - name: What failed, of several.
    func failure(_ error: CommandError, of name: String? = nil) {
        guard !self.style.isJSON else { return self.diagnose(error.document(of: name)) }
        let text = name.map { error.telling(of: $0) } ?? error.description
        let label = self.style.hasColor ? "\u{1b}[31mpurser:\u{1b}[0m" : "purser:"
        for line in text.split(separator: "\n") {
            self.diagnose("\(label) \(TerminalText.harmless(String(line)))")
        }
    }

    /// Shows lines that the next ones replace; does nothing where there is no terminal.
    ///
    /// - Parameter lines: None to take away what is shown.
    func status(_ lines: [StatusLine]) {
        guard self.style.isStatusTerminal, !self.style.isQuiet else { return }
        self.shown.withLock { shown in
            guard !lines.isEmpty || !shown.isEmpty else { return }
            // Each line is cleared behind its end, and all below the last, rather than all before: that would flicker.
            let text = lines.map { "\($0.text)\u{1b}[K" }.joined(separator: "\r\n")
            // A status that cannot be shown is no reason to stop the work.
            try? self.diagnostics(Array("\(self.home(over: shown))\(text)\u{1b}[J".utf8))
            shown = lines.map(\.columns)
        }
    }

    /// Goes to the start of the first status line.
    ///
    /// Where the window became narrower, a line has become several rows.
    private func home(over shown: [Int]) -> String {
        guard !shown.isEmpty else { return "\r" }
        let width = self.size.width
        let rows = shown.reduce(0) { $0 + max(1, ($1 + width - 1) / width) }
        return rows > 1 ? "\r\u{1b}[\(rows - 1)A" : "\r"
    }

    private func diagnose(_ document: some Encodable) {
        // Texts and numbers can always be written.
        if let line = try? JSONText.encode(document) { self.diagnose(line) }
    }

    private func diagnose(_ line: String) {
        // There is nowhere left to tell that standard error fails.
        try? self.write(line + "\n", to: self.diagnostics)
    }

    private func write(_ text: String, to sink: Sink) throws {
        try self.shown.withLock { shown in
            if !shown.isEmpty {
                try? self.diagnostics(Array("\(self.home(over: shown))\u{1b}[J".utf8))
                shown = []
            }
            try sink(Array(text.utf8))
        }
    }
}
