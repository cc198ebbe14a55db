/// Keeps a program that fails by its own fault from being tried again and again.
///
/// Closed, it lets all through. After some failures one after the other it opens, and lets none through for a while; then
/// it lets a single one try, and closes or opens again with its end.
struct CircuitBreaker: Sendable {
    /// Whether a run may begin.
    enum Admission: Sendable, Hashable {
        case admitted
        /// Not before so long from now, as far as can be told.
        case refused(Duration)
    }

    private enum Phase {
        case closed(failures: Int)
        case open(until: Duration)
        case trying
    }

    private let threshold: Int
    private let pause: Duration
    private var phase = Phase.closed(failures: 0)
    /// How many times it opened.
    private(set) var timesOpened = 0

    /// Makes one that is closed.
    ///
    /// - Parameters:
    ///   - threshold: How many failures one after the other open it; at least 1.
    ///   - pause: For how long it then lets none through.
    init(threshold: Int = 5, pause: Duration = .seconds(30)) {
        self.threshold = max(1, threshold)
        self.pause = pause
    }

    /// What it does with those that come, for the figures.
    var state: ToolFigures.State {
        switch self.phase {
        case .closed: .closed
        case .open: .open
        case .trying: .halfOpen
        }
    }

    /// Asks for a run, which must be answered by one of ``succeeded()``, ``failed(at:)`` and ``withdrew(at:)``.
    mutating func admit(at now: Duration) -> Admission {
        switch self.phase {
        case .closed: return .admitted
        case .open(let until) where now < until: return .refused(until - now)
        case .open:
            self.phase = .trying
            return .admitted
        case .trying: return .refused(.seconds(1))
        }
    }

    /// The program did what it is for, or complained about a file.
    mutating func succeeded() {
        // A run that began before it opened says nothing about now.
        if case .open = self.phase { return }
        self.phase = .closed(failures: 0)
    }

    /// The program failed by its own fault.
    mutating func failed(at now: Duration) {
        switch self.phase {
        case .closed(let failures) where failures + 1 < self.threshold: self.phase = .closed(failures: failures + 1)
        case .open: break
        case .closed, .trying:
            self.phase = .open(until: now + self.pause)
            self.timesOpened += 1
        }
    }

    /// The run ended without telling anything about the program, such as by being cancelled.
    mutating func withdrew(at now: Duration) {
        if case .trying = self.phase { self.phase = .open(until: now) }
    }
}
