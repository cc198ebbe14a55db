/// What operations came to, since the start.
public struct AdmissionCounts: Sendable, Equatable {
    /// Got a slot.
    public var granted = 0
    /// Got none: a full queue, a wait too long, a client over its rate, a request over the budget, or the stop.
    public var refused = 0
    /// Of those refused, the ones that waited too long.
    public var waitExpired = 0
    /// Ended because somebody asked for it, whether they waited or ran.
    public var cancelled = 0
    /// Ended because they made no progress, or were too slow.
    public var timedOut = 0
    /// Lost their slot because they went on after a cancel.
    public var abandoned = 0

    /// Counts nothing yet.
    public init() {}

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.granted += right.granted
        sum.refused += right.refused
        sum.waitExpired += right.waitExpired
        sum.cancelled += right.cancelled
        sum.timedOut += right.timedOut
        sum.abandoned += right.abandoned
        return sum
    }
}

/// How long something took, over many times; percentiles are exact to two digits.
public struct DurationSummary: Sendable, Equatable {
    /// How many times.
    public var count = 0
    /// The mean.
    public var mean: Duration = .zero
    /// Half took at most this long.
    public var p50: Duration = .zero
    /// 95 of 100 took at most this long.
    public var p95: Duration = .zero
    /// 99 of 100 took at most this long.
    public var p99: Duration = .zero
    /// The longest.
    public var max: Duration = .zero

    /// Describes nothing yet.
    public init() {}

    init(count: Int, mean: Duration, p50: Duration, p95: Duration, p99: Duration, max: Duration) {
        self.count = count
        self.mean = mean
        self.p50 = p50
        self.p95 = p95
        self.p99 = p99
        self.max = max
    }
}

/// What operations of one kind came to.
public struct KindMetrics: Sendable, Equatable {
    /// How many.
    public var counts: AdmissionCounts
    /// How many hold a slot now.
    public var active: Int
    /// How long those granted had waited.
    public var wait: DurationSummary
    /// How long slots were held.
    public var hold: DurationSummary
}

/// The resources in use, and what came of all requests for them.
public struct ResourceMetrics: Sendable, Equatable {
    /// Operations that hold a slot.
    public var active: Int
    /// Operations that wait.
    public var queued: Int
    /// How many may hold a slot at present.
    public var limit: Int
    /// How much of slots and memory is granted at present.
    public var pressure: AdmissionPressure
    /// Most that ever held a slot at the same time.
    public var activeHighWater: Int
    /// Most that ever waited at the same time.
    public var queuedHighWater: Int
    /// Bytes of memory reserved.
    public var memoryReserved: Int
    /// Most bytes of memory ever reserved.
    public var memoryHighWater: Int
    /// Bytes of memory that may be reserved.
    public var memoryBudget: Int
    /// Bytes of disk announced and not yet written.
    public var diskReserved: Int64
    /// Operations that end per second, over the last minute.
    public var servedPerSecond: Double
    /// All kinds together.
    public var counts: AdmissionCounts
    /// Each kind.
    public var kinds: [OperationKind: KindMetrics]
}
