public import PurserOperations

/// How much memory the process holds, by what is to be done about it.
public enum MemoryLevel: String, Sendable, CaseIterable, Codable, Comparable {
    /// Nothing is to be done.
    case normal
    /// Caches and what was freed are given back, the scratch files of ended operations go.
    case elevated
    /// Somebody should know.
    case warning
    /// Half as much is admitted.
    case critical
    /// Only what frees memory is admitted.
    case exhausted

    /// Orders by how much is held.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    /// What is admitted at this level.
    public var admission: AdmissionPressure {
        switch self {
        case .normal, .elevated, .warning: .normal
        case .critical: .halved
        case .exhausted: .deletesOnly
        }
    }

    private var rank: Int {
        switch self {
        case .normal: 0
        case .elevated: 1
        case .warning: 2
        case .critical: 3
        case .exhausted: 4
        }
    }
}

/// A level that was entered or left.
public struct MemoryCrossing: Sendable, Hashable {
    /// Which.
    public var level: MemoryLevel
    /// Whether it was entered; left otherwise.
    public var isEntered: Bool
    /// Bytes of the process in RAM, or held by its control group where that is more, at that moment.
    public var bytes: Int64
    /// The bytes from which the level counts.
    public var threshold: Int64
}
