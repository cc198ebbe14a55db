import Foundation
import PurserCatalog

/// Where the history stands between two writes.
struct HistoryState {
    /// Rows that wait at most, while the catalog cannot be written.
    static let maxPending = 2_000

    /// Rows of minutes that are not in the catalog yet, the oldest first.
    private(set) var pending: [MetricRollup] = []
    /// The first moment of the first hour that is not made of its minutes yet, in milliseconds since 1970; `nil` until
    /// it was looked up.
    var hoursMade: Int64?
    /// The hour at whose end baselines were kept last, counted from 1970.
    var baselinesKept: Int64?
    /// Whether a write is under way.
    var isFlushing = false
    /// Whether the last write failed, so that it is told once.
    var hasFailed = false

    /// Adds rows; the oldest go where there are too many.
    ///
    /// - Returns: How many were given up.
    mutating func add(_ rollups: [MetricRollup]) -> Int {
        self.pending += rollups
        let excess = max(0, self.pending.count - Self.maxPending)
        self.pending.removeFirst(excess)
        return excess
    }

    /// Forgets the rows that were written: the first so many.
    mutating func wrote(_ count: Int) {
        self.pending.removeFirst(min(count, self.pending.count))
    }
}
