import PurserOperations

/// How fast a run goes, and when it is to wait; a pure value.
///
/// What was spent so far sets the earliest time at which it may have been spent, by the rate of bytes and by the share of
/// a core; where that lies ahead, the run waits. Time that was not used is kept for a second at most. Where others want the
/// processors, too, a share of a core is less than it is by itself.
struct PaceMeter: Sendable {
    /// How much unused time is kept.
    static let burst = Duration.seconds(1)
    /// Bytes after which a piece may end.
    static let pieceBytes: Int64 = 64 << 20
    /// The time after which a piece may end.
    static let pieceTime = Duration.seconds(1)

    /// What the run waits by itself for each second in which it waited for a processor.
    static let courtesy = 8
    /// The most that it waits so for each second of CPU time: it goes on, however busy the machine is.
    static let maxCourtesy = 20

    private let throttle: RunThrottle
    /// When all that was spent so far may have been spent at the earliest.
    private var paidUntil: Duration
    private var pieceBytes: Int64 = 0
    private var pieceBegan: Duration

    init(_ throttle: RunThrottle, at now: Duration) {
        self.throttle = throttle
        self.paidUntil = now
        self.pieceBegan = now
    }

    /// Counts work that was done.
    ///
    /// - Returns: How long to wait; zero as a rule where nothing is throttled.
    mutating func spend(bytes: Int, cpu: Duration, at now: Duration) -> Duration {
        var cost = Duration.zero
        if let rate = self.throttle.bytesPerSecond { cost = .seconds(Double(bytes) / Double(max(1, rate))) }
        if let share = self.throttle.cpuShare { cost = max(cost, .seconds(cpu.inSeconds / max(share, 0.001))) }
        self.pieceBytes += Int64(bytes)
        self.paidUntil = max(self.paidUntil, now - Self.burst) + cost
        return max(.zero, self.paidUntil - now)
    }

    /// Counts time in which the run waited for a processor that others had.
    ///
    /// - Parameters:
    ///   - wait: How long it waited.
    ///   - cpu: CPU time that it had meanwhile.
    mutating func giveWay(after wait: Duration, cpu: Duration) {
        guard self.throttle.cpuShare != nil else { return }
        self.paidUntil += min(wait * Self.courtesy, cpu * Self.maxCourtesy)
    }

    /// Begins a piece.
    mutating func beginPiece(at now: Duration) {
        self.pieceBytes = 0
        self.pieceBegan = now
    }

    /// Whether the piece is long enough to end when others wait.
    func mayEndPiece(at now: Duration) -> Bool {
        self.pieceBytes >= Self.pieceBytes || now - self.pieceBegan >= Self.pieceTime
    }
}
