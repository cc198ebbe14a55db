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
    /// - Parameter width: Columns that it may fill. The bar goes first where they are few, then the name is cut.
    /// - Returns: A text of at most so many characters.
    func rendered(width: Int) -> String {
        var parts: [String] = []
        if let fraction {
            // Rounded down: 100 % is for what is complete.
            parts.append(Self.padded("\(Int(fraction * 100))%", to: 4))
        }
        parts.append(self.amount)
        if let rate { parts.append(ByteText.rate(rate)) }
        if self.bytesTotal == nil {
            parts.append(TimeText.clock(self.elapsed))
        } else if let remaining {
            parts.append("\(TimeText.clock(remaining)) left")
        }
        let figures = parts.joined(separator: "  ")
        let bar = self.bar.map { "  \($0)" } ?? ""
        let nameWidth = min(self.name.count, 32)
        let tail = nameWidth + bar.count + 2 + figures.count <= width ? "\(bar)  \(figures)" : "  \(figures)"
        let room = max(0, width - tail.count)
        guard room >= min(self.name.count, Self.leastName) else { return String(figures.prefix(max(0, width))) }
        return TerminalText.fitted(self.name, to: min(32, room)) + tail
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

    private var bar: String? {
        guard let fraction else { return nil }
        let filled = Int(fraction * Double(Self.barWidth))
        return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: Self.barWidth - filled))]"
    }

    private static func padded(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
