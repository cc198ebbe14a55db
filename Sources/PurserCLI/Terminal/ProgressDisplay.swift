import Synchronization

/// Shows how transfers come along: a line that is drawn anew on a terminal, a plain line now and then elsewhere.
final class ProgressDisplay: Sendable {
    private struct State {
        var name: String
        var bytesDone: Int64 = 0
        var bytesTotal: Int64?
        var meter = RateMeter(at: .zero)
    }

    private static let redrawInterval = Duration.milliseconds(100)
    private static let plainInterval = Duration.seconds(10)

    private let console: Console
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    private init(console: Console, name: String, bytesTotal: Int64?) {
        self.console = console
        self.state = Mutex(State(name: name, bytesTotal: bytesTotal))
    }

    /// Shows a transfer for the time of the body.
    ///
    /// - Parameters:
    ///   - name: What is moved.
    ///   - bytesTotal: How many bytes; may be told later.
    ///   - console: Where to show it.
    ///   - body: Does the work and tells the display.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    static func show<Value: Sendable>(
        _ name: String,
        bytesTotal: Int64? = nil,
        on console: Console,
        _ body: (ProgressDisplay) async throws -> Value
    ) async throws -> Value {
        let display = ProgressDisplay(console: console, name: name, bytesTotal: bytesTotal)
        guard !console.style.isQuiet else { return try await body(display) }
        defer { console.status(nil) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await display.redraw() }
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
            let line = self.line
            if isTerminal {
                self.console.status(line.rendered(width: self.console.width - 1))
            } else {
                self.console.note(line.plain)
            }
        }
    }

    /// How it stands now.
    var line: ProgressLine {
        let elapsed = ContinuousClock.now - self.start
        return self.state.withLock { state in
            state.meter.note(bytes: state.bytesDone, at: elapsed)
            return ProgressLine(
                name: state.name,
                bytesDone: state.bytesDone,
                bytesTotal: state.bytesTotal,
                rate: state.meter.rate,
                elapsed: elapsed
            )
        }
    }

    /// Says that more bytes were moved, or, below zero, that some were moved in vain.
    func advance(bytes: Int64) {
        self.state.withLock { $0.bytesDone += bytes }
    }

    /// Says how many bytes there are in all.
    func expect(bytesTotal: Int64?) {
        self.state.withLock { $0.bytesTotal = bytesTotal }
    }

    /// Says what is moved now.
    func rename(_ name: String) {
        self.state.withLock { $0.name = name }
    }
}
