public import Logging
public import PurserIdentifiers

/// That an operation has taken longer than its kind may.
public struct DurationCrossing: Sendable, Hashable {
    /// The operation.
    public var operation: OperationID
    /// What it counts as.
    public var kind: String
    /// The highest limit that it has passed.
    public var level: DurationLevel
    /// The time by which it was judged.
    public var elapsed: Duration
    /// The limit itself.
    public var limit: Duration
    /// Whether the operation is to be cancelled: it runs, is over its maximum, and its kind says so.
    public var cancels: Bool

    /// Describes a crossing.
    public init(
        operation: OperationID,
        kind: String,
        level: DurationLevel,
        elapsed: Duration,
        limit: Duration,
        cancels: Bool
    ) {
        self.operation = operation
        self.kind = kind
        self.level = level
        self.elapsed = elapsed
        self.limit = limit
        self.cancels = cancels
    }
}

extension DurationCrossing {
    /// Writes to a log that the operation takes too long.
    public func log(to logger: Logger) {
        let level: Logger.Level =
            switch self.level {
            case .warning: .warning
            case .critical, .maximum: .error
            }
        logger.log(
            level: level,
            "operation takes too long",
            metadata: [
                "purser.operation.id": "\(self.operation)", "purser.operation.kind": "\(self.kind)",
                "purser.threshold": "\(self.level.rawValue)", "purser.threshold.seconds": "\(self.limit / .seconds(1))",
                "purser.elapsed.seconds": "\(self.elapsed / .seconds(1))",
                "purser.operation.cancelled": "\(self.cancels)",
            ]
        )
    }
}
