import Foundation
import Logging
import PurserBlobs
package import PurserMonitor
import PurserOperations
import PurserStore

/// Measures every operation that ends: the ledger, the log of errors, who took too long, and the program's own metrics.
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
    /// Contents that were found damaged.
    let damaged = DamagedContents()
    /// Who took too long.
    let watch: DurationWatch
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
        let errors = ErrorLog(clock: clock, logger: logger) { isRecovered in
            performance.record(.recoveryRate, isRecovered ? 100 : 0)
        }
        let watch = DurationWatch(thresholds, logger: logger)
        let resident = self.resident
        self.performance = performance
        self.errors = errors
        self.watch = watch
        self.ledger = OperationLedger(
            monitor: performance,
            uptime: clock,
            durationRatio: { thresholds.ratio(of: $0) },
            residentBytes: { resident.figures(from: $0) },
            onRecord: { [emitter = MetricsEmitter()] report in
                // A file of a job is told by the job, which knows the step and how bad it is.
                let isFile = report.kind == OperationKind.process.rawValue
                if report.state == .failed || report.state == .timedOut, !isFile { errors.record(report) }
                watch.note(report)
                emitter.emit(report)
            }
        )
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
        observers.onDamage = { [damaged] blob in damaged.add(blob) }
        return observers
    }

    /// Who is told of operations that end; nobody where nothing is measured.
    var observer: (@Sendable (OperationReport) -> Void)? {
        guard self.performance.isEnabled else { return nil }
        return { [ledger] report in ledger.record(report) }
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
