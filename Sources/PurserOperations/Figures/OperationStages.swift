/// How long an operation was in each of its stages.
///
/// A value without memory of its own, as there is one for every operation that ends.
public struct OperationStages: Sendable, Hashable {
    /// In nanoseconds, in the order of the cases; zero where the operation never was.
    private var queue: Int64 = 0
    private var hash: Int64 = 0
    private var disk: Int64 = 0
    private var catalog: Int64 = 0

    /// Begins with none.
    public init() {}

    /// How long it was in a stage, to the nanosecond and at most 292 years; `nil` where it never was.
    public subscript(stage: OperationStage) -> Duration? {
        get {
            let nanoseconds = self.nanoseconds(in: stage)
            return nanoseconds > 0 ? .nanoseconds(nanoseconds) : nil
        }
        set {
            let (seconds, attoseconds) = (newValue ?? .zero).components
            let (whole, isBeyond) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            self.set(stage, isBeyond ? .max : max(0, whole + attoseconds / 1_000_000_000))
        }
    }

    /// Whether it never was in any.
    public var isEmpty: Bool { self == Self() }

    /// The stages in which it was, in the order of the cases.
    public var all: [(stage: OperationStage, duration: Duration)] {
        OperationStage.allCases.compactMap { stage in self[stage].map { (stage, $0) } }
    }

    /// Nanoseconds in a stage; zero where it never was.
    func nanoseconds(in stage: OperationStage) -> Int64 {
        switch stage {
        case .queue: self.queue
        case .hash: self.hash
        case .disk: self.disk
        case .catalog: self.catalog
        }
    }

    mutating func set(_ stage: OperationStage, _ nanoseconds: Int64) {
        switch stage {
        case .queue: self.queue = nanoseconds
        case .hash: self.hash = nanoseconds
        case .disk: self.disk = nanoseconds
        case .catalog: self.catalog = nanoseconds
        }
    }
}

extension OperationStages {
    /// How long it worked: in all its stages but that of waiting for a slot; `nil` where it was in none of them.
    ///
    /// Stages may overlap, so that this may be more than the operation took.
    public var worked: Duration? {
        let (one, isOneBeyond) = self.hash.addingReportingOverflow(self.disk)
        let (sum, isSumBeyond) = one.addingReportingOverflow(self.catalog)
        if isOneBeyond || isSumBeyond { return .nanoseconds(Int64.max) }
        return sum > 0 ? .nanoseconds(sum) : nil
    }
}

extension OperationStages: ExpressibleByDictionaryLiteral {
    /// Describes how long it was in each of some stages.
    public init(dictionaryLiteral elements: (OperationStage, Duration)...) {
        for (stage, duration) in elements { self[stage] = duration }
    }
}
