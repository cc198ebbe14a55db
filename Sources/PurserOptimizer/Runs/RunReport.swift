public import Foundation

/// Where a run stands.
public enum RunState: String, Sendable, Codable, CaseIterable {
    /// It is under way, or waits to go on after a restart.
    case running
    /// All strategies came to their end.
    case succeeded
    /// At least one strategy ended early, or the run was cut off.
    case failed
    /// Somebody cancelled it.
    case cancelled
}

/// What a run did, or in a dry run would have done.
public struct RunReport: Sendable, Equatable, Codable {
    /// Its id; ids sort by their time.
    public var id: String
    /// The id of its operation.
    public var operationID: String
    /// Where it stands.
    public var state = RunState.running
    /// What made it start.
    public var trigger: RunTrigger
    /// Whether nothing was changed.
    public var isDryRun: Bool
    /// When it began.
    public var startedAt: Date
    /// When it ended.
    public var endedAt: Date?
    /// What each of its strategies did, by name; those that it has not come to yet are empty.
    public var strategies: [String: StrategyReport]
    /// Why it failed or was cancelled, for people.
    public var error: String?

    /// Files, or contents where a strategy works on those, that were changed or removed.
    public var filesProcessed: Int64 { self.strategies.values.reduce(0) { $0 + $1.filesProcessed } }
    /// Bytes on the disk that were won; each counts once, whatever number of strategies contributed.
    public var spaceSavedBytes: Int64 { self.strategies.values.reduce(0) { $0 + $1.spaceSavedBytes } }

    /// What a strategy did.
    public subscript(_ strategy: StrategyName) -> StrategyReport? { self.strategies[strategy.rawValue] }

    /// Describes a run that begins.
    public init(
        id: String,
        operationID: String,
        trigger: RunTrigger,
        isDryRun: Bool,
        startedAt: Date,
        strategies: [StrategyName]
    ) {
        self.id = id
        self.operationID = operationID
        self.trigger = trigger
        self.isDryRun = isDryRun
        self.startedAt = startedAt
        self.strategies = Dictionary(uniqueKeysWithValues: strategies.map { ($0.rawValue, StrategyReport()) })
    }
}

/// What a strategy did in a run.
public struct StrategyReport: Sendable, Equatable, Codable {
    /// Files, or contents, that it looked at.
    public var filesExamined: Int64 = 0
    /// Files, or contents, that it changed, removed or, in the case of verification, read.
    public var filesProcessed: Int64 = 0
    /// Bytes as kept of what it processed, before.
    public var bytesBefore: Int64 = 0
    /// The same afterwards.
    public var bytesAfter: Int64 = 0
    /// Bytes on the disk that it won, and no other strategy has counted.
    public var spaceSavedBytes: Int64 = 0
    /// How long it took, in seconds, without the time between a crash and the next start.
    public var durationSeconds = 0.0
    /// CPU time of the threads that did its work, in seconds, as far as it could be told apart.
    public var cpuSeconds = 0.0
    /// What went wrong with single files, by the code of the error; the strategy went on.
    public var errors: [String: Int64] = [:]
    /// What it found, by name: `wrong_references`, `damaged`, ….
    public var findings: [String: Int64] = [:]
    /// Why it ended early, by the code of the error; absent where it came to its end.
    public var failure: String?

    /// Describes a strategy that has done nothing.
    public init() {}

    /// Counts an error.
    mutating func count(error code: String) { self.errors[code, default: 0] += 1 }

    /// Counts something that was found.
    mutating func count(_ finding: String, _ number: Int64 = 1) {
        guard number != 0 else { return }
        self.findings[finding, default: 0] += number
    }
}
