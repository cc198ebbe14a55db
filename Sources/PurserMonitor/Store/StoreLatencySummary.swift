import Histogram
public import PurserOperations

/// How long the pieces of the store's work took, since the start.
public struct StoreLatencySummary: Sendable, Equatable {
    /// Each stage; empty summaries where nothing was measured.
    public var stages: [StoreStage: DurationSummary] = [:]
    /// How many writes shared a transaction of the catalog.
    public var batchSize = BatchSizeSummary()
    /// Statements that were slow, by their label.
    public var slowStatements: [String: SlowStatementFigures] = [:]
}

/// How many writes shared a transaction; percentiles are exact to two digits.
public struct BatchSizeSummary: Sendable, Equatable {
    /// Transactions.
    public var count = 0
    /// Writes per transaction.
    public var mean = 0.0
    /// Half had at most so many.
    public var p50 = 0
    /// 95 of 100 had at most so many.
    public var p95 = 0
    /// 99 of 100 had at most so many.
    public var p99 = 0
    /// The largest.
    public var max = 0

    /// Describes nothing yet.
    init() {}

    init(_ sizes: Histogram<UInt32>, largest: Int) {
        guard sizes.totalCount > 0 else { return }
        self.count = Int(sizes.totalCount)
        self.mean = sizes.mean
        self.p50 = Int(sizes.valueAtPercentile(50))
        self.p95 = Int(sizes.valueAtPercentile(95))
        self.p99 = Int(sizes.valueAtPercentile(99))
        self.max = largest
    }
}

/// How often a statement was slow, and how slow.
public struct SlowStatementFigures: Sendable, Equatable {
    /// How often.
    public private(set) var count = 0
    /// All of these together.
    public private(set) var total = Duration.zero
    /// The slowest.
    public private(set) var longest = Duration.zero

    mutating func note(_ duration: Duration) {
        self.count += 1
        self.total += duration
        self.longest = max(self.longest, duration)
    }
}
