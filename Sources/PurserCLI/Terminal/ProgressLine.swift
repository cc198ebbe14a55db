/// One line that shows how a transfer comes along: made from numbers alone, without time or terminal.
struct ProgressLine {
    /// What is moved.
    var name: String
    /// Bytes moved so far.
    var bytesDone: Int64
    /// Bytes to move in all, where known.
    var bytesTotal: Int64?
    /// Bytes a second; `nil` until there is evidence.
    var rate: Double?
    /// Time since the start.
    var elapsed: Duration

    private static let barWidth = 20
    private static let leastName = 8
    private static let enoughName = 14
    private static let mostName = 32

    /// How much is done, 0 to 1; `nil` where the total is not known.
    var fraction: Double? {
        guard let bytesTotal else { return nil }
        guard bytesTotal > 0 else { return 1 }
        return min(1, max(0, Double(self.bytesDone) / Double(bytesTotal)))
    }

    /// How long it will still take; `nil` where that cannot be told.
    var remaining: Duration? {
        guard let bytesTotal, let rate, rate >= 1 else { return nil }
        let seconds = Double(max(0, bytesTotal - self.bytesDone)) / rate
        return seconds < 1e9 ? .seconds(seconds) : nil
    }

    /// The line for a terminal.
    ///
    /// - Parameters:
    ///   - width: Columns that it may fill. The bar goes first where they are few, then figures, then the name is cut.
    ///   - nameColumns: Columns that the name takes at least, so that bars stand below one another.
    ///   - hasColor: Whether the bar is coloured.
    /// - Returns: A line of at most so many columns.
    func rendered(width: Int, nameColumns: Int = 0, hasColor: Bool = false) -> StatusLine {
        let name = TerminalText.harmless(self.name)
        let nameWidth = min(max(TerminalWidth.of(name), nameColumns), Self.mostName)
        let barWidth = self.fraction == nil ? 0 : Self.barWidth + 4
        let all = self.figures[0]
        let hasBar = nameWidth + barWidth + 2 + all.count <= width
        let enough = min(nameWidth, Self.enoughName)
        let figures = self.figures.first { enough + 2 + $0.count <= width } ?? self.figures.last ?? all
        let room = max(0, width - (hasBar ? barWidth : 0) - 2 - figures.count)
        guard room >= min(nameWidth, Self.leastName) else { return StatusLine(String(figures.prefix(max(0, width)))) }
        var fitted = TerminalText.fitted(name, to: min(Self.mostName, room))
        fitted += String(repeating: " ", count: max(0, min(nameWidth, room) - TerminalWidth.of(fitted)))
        let plain = StatusLine("\(fitted)\(hasBar ? self.bar(hasColor: false) : "")  \(figures)")
        guard hasColor, hasBar else { return plain }
        return StatusLine(text: "\(fitted)\(self.bar(hasColor: true))  \(figures)", columns: plain.columns)
    }

    /// What is told behind the bar, in fewer and fewer words.
    private var figures: [String] {
        // Rounded down: 100 % is for what is complete.
        let percent = self.fraction.map { Self.padded("\(Int($0 * 100))%", to: 4) }
        let rate = self.rate.map { ByteText.rate($0) }
        let time =
            self.bytesTotal == nil
            ? TimeText.clock(self.elapsed) : self.remaining.map { "\(TimeText.clock($0)) left" }
        let choices = [
            [percent, self.amount, rate, time], [percent, rate, time], [percent, time], [percent ?? self.amount],
        ]
        return choices.map { $0.compactMap(\.self).joined(separator: "  ") }
    }

    /// The line for a log: without a bar, and never cut.
    var plain: String {
        let percent = self.fraction.map { "\(Int($0 * 100))% " } ?? ""
        let rate = self.rate.map { ", \(ByteText.rate($0))" } ?? ""
        let left = self.remaining.map { ", \(TimeText.clock($0)) left" } ?? ""
        return "\(self.name): \(percent)(\(self.amount)\(rate)\(left))"
    }

    private var amount: String {
        let done = ByteText.short(self.bytesDone)
        return self.bytesTotal.map { "\(done) of \(ByteText.short($0))" } ?? done
    }

    /// The bar with two blanks before it; empty where the total is not known.
    private func bar(hasColor: Bool) -> String {
        guard let fraction else { return "" }
        let filled = Int(fraction * Double(Self.barWidth))
        let done = String(repeating: "#", count: filled)
        let rest = String(repeating: ".", count: Self.barWidth - filled)
        return "  [\(hasColor && filled > 0 ? "\u{1b}[32m\(done)\u{1b}[0m" : done)\(rest)]"
    }

    private static func padded(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

/// A line for a terminal, harmless, with colours where there may be some.
struct StatusLine: Sendable, Hashable {
    /// What is written.
    var text: String
    /// Columns that it takes.
    var columns: Int

    /// A line without colours.
    init(_ text: String) {
        self.init(text: text, columns: TerminalWidth.of(text))
    }

    /// A line of known columns.
    init(text: String, columns: Int) {
        self.text = text
        self.columns = columns
    }
}
