/// How long an operation of one kind may take.
public struct DurationLimits: Sendable, Hashable {
    /// Above this it is slow.
    public var warning: Duration
    /// Above this it is far too slow.
    public var critical: Duration
    /// Above this something is wrong with it.
    public var maximum: Duration
    /// Whether it is cancelled above the maximum; it then ends `timed_out`.
    public var cancelsAtMaximum = false

    /// Names the three limits.
    public init(warning: Duration, critical: Duration, maximum: Duration, cancelsAtMaximum: Bool = false) {
        self.warning = warning
        self.critical = critical
        self.maximum = maximum
        self.cancelsAtMaximum = cancelsAtMaximum
    }

    /// Derives the limits from the lowest, in the proportions of 20 to 25 to 30.
    public init(warning: Duration) {
        self.init(warning: warning, critical: warning * 5 / 4, maximum: warning * 3 / 2)
    }

    /// The highest level that a time has passed; `nil` up to the lowest limit.
    public func level(of time: Duration) -> DurationLevel? {
        DurationLevel.allCases.last { time > self[$0] }
    }

    /// The limit of a level.
    public subscript(_ level: DurationLevel) -> Duration {
        switch level {
        case .warning: self.warning
        case .critical: self.critical
        case .maximum: self.maximum
        }
    }
}

/// Which limit an operation has passed, the lowest first.
public enum DurationLevel: String, Sendable, CaseIterable, Codable, Comparable {
    /// It is slow.
    case warning
    /// It is far too slow.
    case critical
    /// It is over the maximum.
    case maximum

    /// Orders by how much it matters.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .warning: 0
        case .critical: 1
        case .maximum: 2
        }
    }
}
