import NIOCore

/// Whether a client keeps up a minimum rate, measured over windows of *running* time only.
///
/// The window runs while it is the client that is waited for, and is stopped while it is us.
struct RateWindow {
    enum Verdict: Equatable {
        /// The window is not full yet.
        case undecided
        /// Full and fast enough; the next window has begun.
        case fine
        /// Full, and too few bytes came.
        case slow
    }

    private let minRate: Int
    private let length: TimeAmount
    private var bytes = 0
    private var elapsed = TimeAmount.zero
    private var runningSince: NIODeadline?

    init(minRate: Int, length: TimeAmount) {
        self.minRate = minRate
        self.length = length
    }

    /// Lets the time run from now on, or run on.
    mutating func run(at now: NIODeadline) {
        if self.runningSince == nil { self.runningSince = now }
    }

    /// Stops the time; what has elapsed is kept.
    mutating func pause(at now: NIODeadline) {
        self.settle(at: now)
        self.runningSince = nil
    }

    mutating func record(bytes: Int) {
        self.bytes += bytes
    }

    /// Begins again from nothing, stopped.
    mutating func reset() {
        self.bytes = 0
        self.elapsed = .zero
        self.runningSince = nil
    }

    /// Judges the window when it is full.
    mutating func verdict(at now: NIODeadline) -> Verdict {
        self.settle(at: now)
        guard self.elapsed >= self.length else { return .undecided }
        let needed = Double(self.minRate) * Double(self.elapsed.nanoseconds) / 1e9
        guard Double(self.bytes) >= needed else { return .slow }
        self.bytes = 0
        self.elapsed = .zero
        return .fine
    }

    /// The earliest time at which a verdict may be due; never closer than a thirtieth of the window, as a stopped
    /// window that is nearly full would otherwise be asked without end.
    func nextCheck(after now: NIODeadline) -> NIODeadline {
        var elapsed = self.elapsed
        if let since = self.runningSince { elapsed = elapsed + (now - since) }
        let floor = TimeAmount.nanoseconds(self.length.nanoseconds / 30)
        return now + max(self.length - elapsed, floor)
    }

    private mutating func settle(at now: NIODeadline) {
        guard let since = self.runningSince else { return }
        self.elapsed = self.elapsed + (now - since)
        self.runningSince = now
    }
}
