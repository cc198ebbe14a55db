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

/// How long an operation was in each stage; adding takes no lock.
struct StageTimes: ~Copyable, Sendable {
    private let queue = Atomic<Int64>(0)
    private let hash = Atomic<Int64>(0)
    private let disk = Atomic<Int64>(0)
    private let catalog = Atomic<Int64>(0)

    func add(_ nanoseconds: Int64, to stage: OperationStage) {
        switch stage {
        case .queue: self.queue.wrappingAdd(nanoseconds, ordering: .relaxed)
        case .hash: self.hash.wrappingAdd(nanoseconds, ordering: .relaxed)
        case .disk: self.disk.wrappingAdd(nanoseconds, ordering: .relaxed)
        case .catalog: self.catalog.wrappingAdd(nanoseconds, ordering: .relaxed)
        }
    }

    func nanoseconds(in stage: OperationStage) -> Int64 {
        switch stage {
        case .queue: self.queue.load(ordering: .relaxed)
        case .hash: self.hash.load(ordering: .relaxed)
        case .disk: self.disk.load(ordering: .relaxed)
        case .catalog: self.catalog.load(ordering: .relaxed)
        }
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

    /// How long the operation has been in each stage so far; stages in which it never was are left out.
    public var stages: [OperationStage: Duration] {
        var stages: [OperationStage: Duration] = [:]
        for stage in OperationStage.allCases {
            let nanoseconds = self.stageTimes.nanoseconds(in: stage)
            if nanoseconds > 0 { stages[stage] = .nanoseconds(nanoseconds) }
        }
        return stages
    }
}
