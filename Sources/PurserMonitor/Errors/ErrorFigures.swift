/// What came of all errors since the start.
public struct ErrorFigures: Sendable, Hashable {
    /// Errors in all.
    public var total = 0
    /// Errors by code; beyond ``ErrorLog/codeLimit`` codes they count as `other`.
    public var byCode: [String: Int] = [:]
    /// Errors by severity.
    public var bySeverity: [ErrorSeverity: Int] = [:]
    /// Errors that were made good.
    public var recovered = 0
    /// Errors that stayed.
    public var unhandled = 0
    /// Errors that no handler saw, as too many waited; they count as unhandled.
    public var dropped = 0
    /// Errors per minute over the last five minutes.
    public var perMinute = 0.0

    /// Errors made good, percent of those of which the end is known; `nil` while there is none.
    public var recoveryRatePercent: Double? {
        let settled = self.recovered + self.unhandled
        return settled == 0 ? nil : 100 * Double(self.recovered) / Double(settled)
    }
}

/// Counts what happened in the last five minutes, in steps of ten seconds.
struct RecentCount: Sendable {
    static let step = 10.0
    static let steps = 30

    private var counts = [Int](repeating: 0, count: RecentCount.steps)
    private var latest: Int?

    /// Counts one; a time before the latest counts as the latest.
    mutating func add(at seconds: Double) {
        self.advance(to: seconds)
        guard let latest else { return }
        self.counts[Self.index(latest)] += 1
    }

    /// Events per minute.
    mutating func perMinute(at seconds: Double) -> Double {
        self.advance(to: seconds)
        return Double(self.counts.reduce(0, +)) * 60 / (Self.step * Double(Self.steps))
    }

    private mutating func advance(to seconds: Double) {
        guard seconds.isFinite, abs(seconds) < 1e15 else { return }
        let now = Int((seconds / Self.step).rounded(.down))
        guard let latest else {
            self.latest = now
            return
        }
        guard now > latest else { return }
        for step in 1...min(now - latest, Self.steps) {
            self.counts[Self.index(latest + step)] = 0
        }
        self.latest = now
    }

    private static func index(_ step: Int) -> Int {
        let rest = step % Self.steps
        return rest < 0 ? rest + Self.steps : rest
    }
}
