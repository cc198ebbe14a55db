import Synchronization

/// Shows how a run comes along: on a terminal a bar, elsewhere a line now and then.
final class RunDisplay: Sendable {
    private static let barWidth = 20
    private static let plainInterval = Duration.seconds(10)

    private let console: Console
    private let told = Mutex(ContinuousClock.now)

    /// Shows on a console.
    init(console: Console) {
        self.console = console
    }

    /// Shows how far it is.
    func show(_ progress: RunProgress) {
        let line = Self.line(progress, hasBar: self.console.style.isStatusTerminal)
        guard !self.console.style.isStatusTerminal else {
            return self.console.status([StatusLine(String(line.prefix(max(0, self.console.size.width - 1))))])
        }
        guard !self.console.style.isJSON else { return }
        let isDue = self.told.withLock { told in
            guard ContinuousClock.now - told >= Self.plainInterval else { return false }
            told = .now
            return true
        }
        if isDue { self.console.note(line) }
    }

    /// Takes away what is shown.
    func end() {
        self.console.status([])
    }

    /// What is shown of a moment.
    static func line(_ progress: RunProgress, hasBar: Bool) -> String {
        // Rounded down: 100 % is for what is complete.
        let fraction = min(1, max(0, progress.fraction))
        let percent = "\(Int(fraction * 100))%".padded(to: 4)
        let filled = Int(fraction * Double(Self.barWidth))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.barWidth - filled)
        let left = progress.remaining.map { "  \(TimeText.clock(.seconds($0))) left" } ?? ""
        let step = (progress.step ?? "begins").padding(to: 13)
        return hasBar ? "\(step)  [\(bar)]  \(percent)\(left)" : "\(step)  \(percent)\(left)"
    }
}
