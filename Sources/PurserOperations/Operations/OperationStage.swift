import Synchronization

/// A part of an operation's time, told apart for logs and for `Server-Timing`.
public enum OperationStage: String, Sendable, CaseIterable, Codable {
    /// Waiting for a slot.
    case queue
    /// Working out digests.
    case hash
    /// Waiting for the disk: reading, writing and making durable the bytes of contents.
    case disk
    /// Waiting for the catalog: looking rows up, committing them.
    case catalog
}

/// How long and when an operation was in each stage; adding takes no lock.
struct StageTimes: ~Copyable, Sendable {
    /// One stage; times in nanoseconds of the monotonic clock.
    private struct Times: ~Copyable, Sendable {
        let busy = Atomic<Int64>(0)
        let entered = Atomic<Int64>(.max)
        let left = Atomic<Int64>(0)

        func add(_ nanoseconds: Int64, endingAt now: Int64) {
            self.busy.wrappingAdd(nanoseconds, ordering: .relaxed)
            self.entered.min(now - nanoseconds, ordering: .relaxed)
            self.left.max(now, ordering: .relaxed)
        }
    }

    /// When the operation was made.
    let origin = Self.now()
    private let queue = Times()
    private let hash = Times()
    private let disk = Times()
    private let catalog = Times()

    private static func now() -> Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - Self.epoch).components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    private static let epoch = ContinuousClock.now

    func add(_ nanoseconds: Int64, to stage: OperationStage) {
        let now = Self.now()
        switch stage {
        case .queue: self.queue.add(nanoseconds, endingAt: now)
        case .hash: self.hash.add(nanoseconds, endingAt: now)
        case .disk: self.disk.add(nanoseconds, endingAt: now)
        case .catalog: self.catalog.add(nanoseconds, endingAt: now)
        }
    }

    /// How long the operation has been in each stage.
    var busy: OperationStages {
        var stages = OperationStages()
        stages.set(.queue, self.queue.busy.load(ordering: .relaxed))
        stages.set(.hash, self.hash.busy.load(ordering: .relaxed))
        stages.set(.disk, self.disk.busy.load(ordering: .relaxed))
        stages.set(.catalog, self.catalog.busy.load(ordering: .relaxed))
        return stages
    }

    /// When a stage was entered first and left last, and how long the operation was in it; `nil` where it never was.
    func times(in stage: OperationStage) -> (entered: Int64, left: Int64, busy: Int64)? {
        switch stage {
        case .queue: Self.figures(self.queue)
        case .hash: Self.figures(self.hash)
        case .disk: Self.figures(self.disk)
        case .catalog: Self.figures(self.catalog)
        }
    }

    private static func figures(_ times: borrowing Times) -> (entered: Int64, left: Int64, busy: Int64)? {
        let busy = times.busy.load(ordering: .relaxed)
        guard busy > 0 else { return nil }
        return (times.entered.load(ordering: .relaxed), times.left.load(ordering: .relaxed), busy)
    }
}

extension Operation {
    /// Says that the operation spent more time in a stage.
    ///
    /// Costs an atomic addition. Stages may overlap where several tasks work for one operation.
    ///
    /// - Parameters:
    ///   - stage: Which.
    ///   - duration: How long; what is not above zero is ignored.
    public func add(_ stage: OperationStage, _ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !nanoseconds.overflow else { return }
        let sum = nanoseconds.partialValue &+ attoseconds / 1_000_000_000
        if sum > 0 { self.stageTimes.add(sum, to: stage) }
    }

    /// Says that threads or children used more CPU for this operation alone.
    ///
    /// Costs an atomic addition.
    public func add(cpu duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
        if nanoseconds > 0 { self.cpuNanoseconds.wrappingAdd(nanoseconds, ordering: .relaxed) }
    }

    /// Says how much memory a child process held that worked for this operation.
    ///
    /// Costs an atomic comparison; the largest of all children counts.
    ///
    /// - Parameter bytes: The most that it had in RAM (`ru_maxrss` of getrusage(2), in bytes); what is not above zero is
    ///   ignored.
    public func add(childMaxResidentBytes bytes: Int64) {
        self.childrenMaxResident.max(bytes, ordering: .relaxed)
    }

    /// Measures a piece of the operation's work, also where it throws.
    ///
    /// - Parameters:
    ///   - stage: Where its time goes.
    ///   - body: The work.
    /// - Returns: What the body returned.
    /// - Throws: What the body threw.
    public func timing<Value, Failure: Error>(
        _ stage: OperationStage,
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let start = ContinuousClock.now
        defer { self.add(stage, ContinuousClock.now - start) }
        return try await body()
    }

    /// How long the operation has been in each stage so far.
    public var stages: OperationStages { self.stageTimes.busy }
}
