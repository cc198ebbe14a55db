public import PurserIdentifiers
public import PurserOperations

/// An operation that runs, as the watcher of durations sees it.
public struct RunningOperation: Sendable, Hashable {
    /// Its id.
    public var id: OperationID
    /// What it counts as: the raw value of its kind, or the name that a user gave the work.
    public var kind: String
    /// How long it has held its slot.
    public var elapsed: Duration
    /// Bytes it has moved so far.
    public var bytes: Int64
    /// What its stages have taken so far.
    public var stages: OperationStages

    /// Describes a running operation.
    public init(
        id: OperationID,
        kind: String,
        elapsed: Duration,
        bytes: Int64 = 0,
        stages: OperationStages = OperationStages()
    ) {
        self.id = id
        self.kind = kind
        self.elapsed = elapsed
        self.bytes = bytes
        self.stages = stages
    }
}

/// Notices once for each operation and level that it takes too long.
///
/// A value: whoever keeps it looks about once a second and says what ended; it decides, and acts on nothing. An
/// operation that passes several limits between two looks is told once, with the highest. It remembers what it told of
/// an operation for ``memory`` looks after the last sight of it, so that neither an end nor a look that comes late is
/// told again.
public struct DurationWatcher: Sendable {
    /// For how many looks it remembers what it told of an operation that it no longer sees.
    static let memory = 60
    /// How many operations it remembers; beyond it, those no longer seen are forgotten at the next look.
    static let capacity = 10_000

    private struct Told {
        var level: DurationLevel
        var lastSeen: Int
    }

    /// How long operations may take.
    public var thresholds: DurationThresholds
    private var told: [OperationID: Told] = [:]
    private var looks = 0

    /// Watches by these thresholds.
    public init(_ thresholds: DurationThresholds) {
        self.thresholds = thresholds
    }

    /// Looks at all that runs.
    ///
    /// - Returns: What has passed a limit since the last look, in the order given.
    public mutating func look(at running: [RunningOperation]) -> [DurationCrossing] {
        self.looks += 1
        let crossings = running.compactMap { operation in
            self.judge(
                operation.id,
                operation.kind,
                held: operation.elapsed,
                stages: operation.stages,
                bytes: operation.bytes,
                isRunning: true
            )
        }
        let horizon = self.looks - (self.told.count > Self.capacity ? 0 : Self.memory)
        self.told = self.told.filter { $0.value.lastSeen >= horizon }
        return crossings
    }

    /// Takes note of an operation that ended, which may have passed a limit since the last look.
    ///
    /// - Returns: The limit that it passed, where that was not told before.
    public mutating func note(_ report: OperationReport) -> DurationCrossing? {
        guard !report.isRefused, report.held > .zero else { return nil }
        return self.judge(
            report.id,
            report.kind,
            held: report.held,
            stages: report.stages,
            bytes: report.bytes,
            isRunning: false
        )
    }

    private mutating func judge(
        _ id: OperationID,
        _ kind: String,
        held: Duration,
        stages: OperationStages,
        bytes: Int64,
        isRunning: Bool
    ) -> DurationCrossing? {
        let before = self.told[id]?.level
        if let before { self.told[id] = Told(level: before, lastSeen: self.looks) }
        guard let time = self.thresholds.judgedTime(of: kind, held: held, stages: stages) else { return nil }
        let limits = self.thresholds.limits(of: kind, bytes: bytes)
        guard let level = limits.level(of: time), before.map({ level > $0 }) ?? true else { return nil }
        if isRunning || self.told.count < 2 * Self.capacity {
            self.told[id] = Told(level: level, lastSeen: self.looks)
        }
        return DurationCrossing(
            operation: id,
            kind: kind,
            level: level,
            elapsed: time,
            limit: limits[level],
            cancels: isRunning && level == .maximum && limits.cancelsAtMaximum
        )
    }
}
