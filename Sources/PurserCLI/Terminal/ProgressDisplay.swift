import Synchronization

/// Shows how transfers come along: on a terminal a line for each that runs, and one for all of a batch, drawn anew ten times
/// a second; elsewhere a plain line now and then.
final class ProgressDisplay: Sendable {
    private static let redrawInterval = Duration.milliseconds(100)
    private static let plainInterval = Duration.seconds(10)

    private let console: Console
    private let start = ContinuousClock.now
    private let ledger: Mutex<ProgressLedger>

    private init(console: Console, isBatch: Bool) {
        self.console = console
        self.ledger = Mutex(ProgressLedger(isBatch: isBatch))
    }

    /// Shows transfers for the time of the body.
    ///
    /// - Parameters:
    ///   - isBatch: Whether there are many, so that a line for all is wanted.
    ///   - console: Where to show them.
    ///   - count: Finds out how many files and bytes there are in all, while they are moved already. Its failures do not
    ///     matter.
    ///   - body: Does the work and tells the display.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    static func show<Value: Sendable>(
        isBatch: Bool = false,
        on console: Console,
        count: (@Sendable () async throws -> (files: Int, bytes: Int64))? = nil,
        _ body: (ProgressDisplay) async throws -> Value
    ) async throws -> Value {
        let display = ProgressDisplay(console: console, isBatch: isBatch)
        guard !console.style.isQuiet, console.style.isStatusTerminal || !console.style.isJSON else {
            return try await body(display)
        }
        defer { console.status([]) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await display.redraw() }
            if let count {
                group.addTask {
                    // Without the totals there is no bar for all; what cannot be read is told by the transfers.
                    guard let (files, bytes) = try? await count() else { return }
                    display.ledger.withLock { $0.expected = (files, bytes) }
                }
            }
            defer { group.cancelAll() }
            return try await body(display)
        }
    }

    private func redraw() async {
        let isTerminal = self.console.style.isStatusTerminal
        let interval = isTerminal ? Self.redrawInterval : Self.plainInterval
        while true {
            do {
                try await Task.sleep(for: interval)
            } catch {
                return
            }
            let elapsed = self.elapsed
            if isTerminal {
                let (width, height) = self.console.size
                let lines = self.ledger.withLock { $0.lines(at: elapsed, atMost: height - 1) }
                let names = lines.map { TerminalWidth.of(TerminalText.harmless($0.name)) }.max() ?? 0
                let hasColor = self.console.style.hasColor
                self.console.status(
                    lines.map { $0.rendered(width: width - 1, nameColumns: names, hasColor: hasColor) }
                )
            } else if let line = self.ledger.withLock({ $0.lines(at: elapsed, atMost: 1).last }) {
                self.console.note(line.plain)
            }
        }
    }

    private var elapsed: Duration { ContinuousClock.now - self.start }

    /// Shows a transfer for the time of the body.
    ///
    /// - Parameters:
    ///   - name: What is moved.
    ///   - bytesTotal: How many bytes; may be told later.
    ///   - body: Moves it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    func transfer<Value>(
        _ name: String,
        bytesTotal: Int64? = nil,
        _ body: (TransferProgress) async throws -> Value
    ) async throws -> Value {
        let elapsed = self.elapsed
        let id = self.ledger.withLock { $0.begin(name, bytesTotal: bytesTotal, at: elapsed) }
        do {
            let value = try await body(TransferProgress(display: self, id: id))
            self.ledger.withLock { $0.end(id, isDone: true) }
            return value
        } catch {
            self.ledger.withLock { $0.end(id, isDone: false) }
            throw error
        }
    }

    /// Says what one transfer does.
    struct TransferProgress: Sendable {
        fileprivate let display: ProgressDisplay
        fileprivate let id: Int

        /// Says that more bytes were moved, or, below zero, that some were moved in vain.
        func advance(bytes: Int64) {
            self.display.ledger.withLock { $0.advance(self.id, bytes: bytes) }
        }

        /// Says how many bytes there are in all, and how many of them need not be moved.
        func expect(bytesTotal: Int64?, offset: Int64 = 0) {
            self.display.ledger.withLock { $0.expect(self.id, bytesTotal: bytesTotal, offset: offset) }
        }

        /// Says how many bytes were compared instead of moved.
        func compare(bytes: Int64) {
            self.display.ledger.withLock { $0.compare(self.id, bytes: bytes) }
        }
    }
}
