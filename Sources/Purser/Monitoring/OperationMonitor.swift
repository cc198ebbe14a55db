import Foundation
import Logging
import PurserBlobs
package import PurserMonitor
import PurserOperations
import PurserStore
import Synchronization

/// Measures every operation that ends: the ledger, the log of errors, and who took too long.
///
/// It needs nothing of the store, so that it is there before the first operation.
package final class OperationMonitor: Sendable {
    /// Samples of all metrics.
    package let performance: PerformanceMonitor
    /// What all operations came to.
    package let ledger: OperationLedger
    /// What failed.
    package let errors: ErrorLog
    /// How long the pieces of the store's work took.
    package let latencies = StoreLatencies()
    /// The process's memory at the latest looks.
    let resident = ResidentHistory()
    private let watcher: Mutex<DurationWatcher>
    private let crossings = Mutex<[DurationCrossing]>([])
    private let logger: Logger

    init(
        _ configuration: MonitorConfiguration,
        clock: any Clock<Duration>,
        now: @escaping @Sendable () -> Date,
        logger: Logger
    ) {
        let performance = PerformanceMonitor(
            configuration: configuration.measuring,
            now: now,
            logger: logger
        )
        let thresholds = configuration.thresholds
        self.performance = performance
        self.ledger = OperationLedger(monitor: performance, uptime: clock) { thresholds.ratio(of: $0) }
        self.errors = ErrorLog(clock: clock, logger: logger) { isRecovered in
            performance.record(.recoveryRate, isRecovered ? 100 : 0)
        }
        self.watcher = Mutex(DurationWatcher(thresholds))
        self.logger = logger
    }

    /// A file system that tells how long its calls take.
    func observing(_ fileSystem: any FileSystem) -> any FileSystem {
        guard self.performance.isEnabled else { return fileSystem }
        return TimedFileSystem(fileSystem) { [latencies] call, duration in
            if let stage = StoreStage(call) { latencies.record(stage, duration) }
        }
    }

    /// Those who are told how the store does.
    var storeObservers: StoreObservers {
        var observers = StoreObservers()
        guard self.performance.isEnabled else { return observers }
        observers.onCommit = { [latencies, performance] batch in
            latencies.recordCommit(batch.duration, waits: batch.waits)
            performance.record(.databaseQueryTime, batch.duration.exactSeconds)
        }
        observers.onSlowStatement = { [latencies, logger] label, duration in
            latencies.recordSlowStatement(label, duration)
            logger.warning(
                "statement is slow",
                metadata: ["purser.statement": "\(label)", "purser.seconds": "\(duration.exactSeconds)"]
            )
        }
        return observers
    }

    /// Takes in an operation that ended; some microseconds.
    func record(_ report: OperationReport) {
        guard self.performance.isEnabled else { return }
        var report = report
        report.residentBytes = self.resident.figures(from: report.createdAt)
        self.ledger.record(report)
        if report.state == .failed || report.state == .timedOut { self.errors.record(report) }
        // Most operations are over long before the least of all limits: they need no look.
        guard report.held >= Self.leastLimit else { return }
        if let crossing = self.watcher.withLock({ $0.note(report) }) { self.note(crossing, stages: report.stages) }
    }

    /// No limit is below it that could be passed by what is quicker.
    private static let leastLimit = Duration.milliseconds(1)

    /// Looks for those that run too long.
    func look(at running: [RunningOperation]) {
        let crossings = self.watcher.withLock { $0.look(at: running) }
        for crossing in crossings {
            let stages = running.first { $0.id == crossing.operation }?.stages ?? [:]
            self.note(crossing, stages: stages)
        }
    }

    /// What passed a limit since the last call.
    func takeCrossings() -> [DurationCrossing] {
        self.crossings.withLock { crossings in
            defer { crossings = [] }
            return crossings
        }
    }

    private func note(_ crossing: DurationCrossing, stages: [String: Duration]) {
        self.crossings.withLock { if $0.count < 1_000 { $0.append(crossing) } }
        var metadata: Logger.Metadata = [
            "purser.operation.id": "\(crossing.operation)",
            "purser.operation.kind": "\(crossing.kind)",
            "purser.level": "\(crossing.level.rawValue)",
            "purser.seconds": "\(crossing.elapsed.exactSeconds)",
            "purser.limit_seconds": "\(crossing.limit.exactSeconds)",
        ]
        for (stage, duration) in stages { metadata["purser.stage.\(stage)"] = "\(duration.exactSeconds)" }
        switch crossing.level {
        case .warning: self.logger.warning("operation is slow", metadata: metadata)
        case .critical, .maximum: self.logger.error("operation is slow", metadata: metadata)
        }
    }
}

extension StoreStage {
    /// The stage that a call to the disk belongs to; `nil` for those that are not measured.
    init?(_ call: FileSystemCall) {
        switch call {
        case .write: self = .stagingWrite
        case .read: self = .blobRead
        case .synchronize: self = .fsync
        case .rename: self = .rename
        case .synchronizeDirectory: self = .directoryFsync
        default: return nil
        }
    }
}
