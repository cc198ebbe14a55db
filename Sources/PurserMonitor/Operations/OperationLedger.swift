public import Foundation
public import PurserOperations
import Synchronization

/// What all operations came to: by kind, the last that ended, the slowest.
///
/// Whoever runs operations gives a report of each that ended, to ``record(_:)``; it counts here, and becomes samples of
/// the metrics of time, wait, errors and throughput.
public final class OperationLedger: Sendable {
    /// Kinds that are told apart; what comes after counts as `other`.
    public static let maxKinds = 100
    /// Bytes that a transfer moved at least to say something of the disk's throughput.
    ///
    /// With less, the time of an fsync is all that is measured.
    public static let smallestTransfer: Int64 = 256 * 1_024

    /// Where samples go.
    public let monitor: PerformanceMonitor
    let elapsed: @Sendable () -> Duration
    let open = Mutex(OpenOperations())
    private let onRecord: @Sendable (OperationReport) -> Void
    private let durationRatio: @Sendable (OperationReport) -> Double?
    private let residentBytes: @Sendable (_ start: Date) -> OperationReport.ResidentBytes?
    private let state: Mutex<State>

    private struct State {
        var indexes: [String: Int] = [:]
        var kinds: [KindTally] = []
        var finished: FinishedOperations

        mutating func index(of kind: String) -> Int {
            if let known = self.indexes[kind] { return known }
            guard self.kinds.count < OperationLedger.maxKinds || kind == "other" else { return self.index(of: "other") }
            self.indexes[kind] = self.kinds.count
            self.kinds.append(KindTally(kind: kind))
            return self.kinds.count - 1
        }
    }

    /// Begins with nothing counted.
    ///
    /// - Parameters:
    ///   - monitor: Where samples go.
    ///   - uptime: For how long work takes that is not an operation of the resource manager.
    ///   - durationRatio: An operation's duration over the threshold of its kind, 1 at the threshold; `nil` where there is
    ///     none. Called for each operation that ran; must be quick.
    ///   - residentBytes: The process's memory since a moment, for operations whose report does not tell; must be quick.
    ///   - onRecord: Told of each operation that was counted; must be quick.
    public init(
        monitor: PerformanceMonitor,
        uptime: any Clock<Duration> = ContinuousClock(),
        durationRatio: @escaping @Sendable (OperationReport) -> Double? = { _ in nil },
        residentBytes: @escaping @Sendable (_ start: Date) -> OperationReport.ResidentBytes? = { _ in nil },
        onRecord: @escaping @Sendable (OperationReport) -> Void = { _ in }
    ) {
        self.monitor = monitor
        self.elapsed = Self.stopwatch(uptime)
        self.durationRatio = durationRatio
        self.residentBytes = residentBytes
        self.onRecord = onRecord
        self.state = Mutex(State(finished: FinishedOperations(limit: monitor.configuration.rememberedOperations)))
    }

    /// Counts an operation that has ended; some microseconds, never suspends.
    ///
    /// Nothing is counted where the monitor is off.
    public func record(_ report: OperationReport) {
        guard self.monitor.isEnabled else { return }
        var report = report.bounded()
        report.residentBytes = report.residentBytes ?? self.residentBytes(report.createdAt)
        let kind = self.state.withLock { [report] state in
            let index = state.index(of: report.kind)
            state.kinds[index].add(report)
            state.finished.add(report)
            return state.kinds[index].kind
        }
        self.sample(report, kind: kind)
        self.onRecord(report)
    }

    /// What each kind came to, in the order of their names.
    public func summaries() -> [KindSummary] {
        // One at a time, as percentiles take longer than anybody should wait for the lock.
        let count = self.state.withLock { $0.kinds.count }
        return (0..<count).map { index in self.state.withLock { $0.kinds[index].figures } }.sorted { $0.kind < $1.kind }
    }

    /// What one kind came to; `nil` where nothing of it has ended.
    public func summary(of kind: String) -> KindSummary? {
        self.state.withLock { state in state.indexes[kind].map { state.kinds[$0].figures } }
    }

    /// The operations that ended last, newest first.
    ///
    /// - Parameters:
    ///   - limit: How many at most; as many as are remembered.
    ///   - kind: Of which kind; all kinds where it is not said.
    /// - Returns: Their reports, with texts cut to some hundred characters.
    public func latest(_ limit: Int = 1_000, kind: String? = nil) -> [OperationReport] {
        self.state.withLock { $0.finished.latest(limit) { kind == nil || $0.kind == kind } }
    }

    /// The 20 operations that held a slot longest, the slowest first.
    public func slowest() -> [OperationReport] { self.state.withLock { $0.finished.slowest } }

    /// Opens the existential once.
    private static func stopwatch<Source: Clock>(_ clock: Source) -> @Sendable () -> Duration
    where Source.Duration == Duration {
        let origin = clock.now
        return { origin.duration(to: clock.now) }
    }
}

extension OperationLedger {
    /// Makes the samples of an operation.
    private func sample(_ report: OperationReport, kind: String) {
        let time = self.monitor.now.milliseconds
        func record(_ metric: BuiltInMetric, _ value: Double) {
            self.monitor.record(metric, value, subject: metric.subjectTag == nil ? nil : kind, at: time)
        }
        if report.waitCounts { record(.queueWait, max(0, report.waited.seconds)) }
        guard !report.isRefused else { return }
        let seconds = max(0, (report.waited + report.held).seconds)
        record(.responseTime, seconds)
        switch kind {
        case CallKind.list.rawValue: record(.searchResponseTime, seconds)
        case OperationKind.process.rawValue: record(.documentProcessingTime, seconds)
        default: break
        }
        switch report.state {
        // Whether a file is there is a question: the answer no is none of the failures that somebody is to be told of.
        case _ where kind == CallKind.stat.rawValue: break
        case .succeeded: record(.errorRate, 0)
        case .failed, .timedOut: record(.errorRate, 100)
        case .cancelled, .queued, .running: break
        }
        guard report.hasRun else { return }
        if let ratio = self.durationRatio(report) { record(.durationThresholdRatio, ratio) }
        if let rate = Self.throughput(of: report) { record(.transferThroughput, rate) }
    }

    private static func throughput(of report: OperationReport) -> Double? {
        guard report.kind == "upload" || report.kind == "download", report.bytes >= Self.smallestTransfer,
            let disk = report.stages[.disk]
        else { return nil }
        return Double(report.bytes) / disk.seconds
    }
}
