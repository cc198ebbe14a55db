public import PurserMonitor
public import PurserOperations

/// How operations went since the start.
public struct PerformanceSummary: Sendable {
    /// Each kind of operation, in the order of their names.
    public var kinds: [KindSummary]
    /// The operations that held a slot longest, the slowest first.
    public var slowest: [OperationReport]

    /// How many operations ended.
    public var totalOperations: UInt64 { self.kinds.reduce(0) { $0 + $1.count } }

    /// The share of those succeeded among those succeeded, failed and timed out, in percent; `nil` where there are none.
    public var successRatePercent: Double? {
        let succeeded = self.kinds.reduce(0) { $0 + $1.succeeded }
        let judged = self.kinds.reduce(succeeded) { $0 + $1.failed + $1.timedOut }
        return judged == 0 ? nil : 100 * Double(succeeded) / Double(judged)
    }
}
