import Logging
import PurserMonitor
import PurserOperations
import Synchronization

/// Notices operations that take too long, logs each with where its time went, and keeps it for the alerts.
final class DurationWatch: Sendable {
    /// No limit is below it that something quicker could pass.
    private static let leastLimit = Duration.milliseconds(1)
    /// What waits for the alerts at most; they look each second.
    private static let capacity = 1_000

    private let watcher: Mutex<DurationWatcher>
    private let crossings = Mutex<[DurationCrossing]>([])
    private let logger: Logger

    init(_ thresholds: DurationThresholds, logger: Logger) {
        self.watcher = Mutex(DurationWatcher(thresholds))
        self.logger = logger
    }

    /// Looks at all that runs.
    func look(at running: [RunningOperation]) {
        for crossing in self.watcher.withLock({ $0.look(at: running) }) {
            self.keep(crossing, stages: running.first { $0.id == crossing.operation }?.stages ?? OperationStages())
        }
    }

    /// Takes note of an operation that ended.
    func note(_ report: OperationReport) {
        guard report.held >= Self.leastLimit else { return }
        if let crossing = self.watcher.withLock({ $0.note(report) }) { self.keep(crossing, stages: report.stages) }
    }

    /// What passed a limit since the last call.
    func takeCrossings() -> [DurationCrossing] {
        self.crossings.withLock { crossings in
            defer { crossings = [] }
            return crossings
        }
    }

    private func keep(_ crossing: DurationCrossing, stages: OperationStages) {
        self.crossings.withLock { if $0.count < Self.capacity { $0.append(crossing) } }
        var metadata: Logger.Metadata = [
            "purser.operation.id": "\(crossing.operation)",
            "purser.operation.kind": "\(crossing.kind)",
            "purser.level": "\(crossing.level.rawValue)",
            "purser.seconds": "\(crossing.elapsed.exactSeconds)",
            "purser.limit_seconds": "\(crossing.limit.exactSeconds)",
        ]
        for (stage, duration) in stages.all { metadata["purser.stage.\(stage.rawValue)"] = "\(duration.exactSeconds)" }
        self.logger.log(
            level: crossing.level == .warning ? .warning : .error,
            "operation takes too long",
            metadata: metadata
        )
    }
}
