import Foundation
public import Logging
public import PurserCatalog
import Synchronization

/// What all metrics came to, minute by minute and hour by hour, kept in the catalog.
///
/// Once a minute all minutes that are over are written in one transaction. Hours are made of their minutes, also of
/// those from before a restart. A sample counts in the minute in which it came. Writing is idempotent: a minute that is
/// there already, from before a restart or because the clock was put back, is read, merged and replaced.
public final class MetricHistory: Sendable {
    private static let hour = RollupPeriod.hour.milliseconds
    /// Baselines of metrics that were not recorded for so many hours go: 30 days.
    private static let baselineHours: Int64 = 30 * 24

    let monitor: PerformanceMonitor
    let catalog: Catalog
    let state = Mutex(HistoryState())
    private let logger: Logger

    /// Begins to keep the history of a monitor.
    ///
    /// - Parameters:
    ///   - monitor: What is measured, with the clock and how long the history is kept.
    ///   - catalog: Where it is kept.
    ///   - logger: For writes that fail.
    public init(monitor: PerformanceMonitor, catalog: Catalog, logger: Logger) {
        self.monitor = monitor
        self.catalog = catalog
        self.logger = logger
    }

    /// Takes up the baselines that were kept before a restart.
    ///
    /// Call it once, before anything is recorded as a rule. What cannot be read is told in the log and left out.
    public func restore() {
        do {
            guard let text = try self.catalog.monitorState(StateName.baselines) else { return }
            guard let document = BaselineDocument(text) else {
                self.logger.warning("baselines begin anew: what was kept cannot be read")
                return
            }
            self.monitor.restore(document)
        } catch {
            self.logger.warning("baselines begin anew", metadata: ["purser.error": "\(error)"])
        }
    }

    /// Writes the minutes that are over, makes the hours that are, and drops what is too old.
    ///
    /// Call it about once a minute. A call while another one is under way does nothing. What cannot be written waits
    /// for the next call, up to 2,000 rows; the failure is logged once until a write succeeds.
    ///
    /// - Parameter isLast: Whether the minute that goes on is written too, and the baselines whatever the hour: at the
    ///   end.
    public func flush(isLast: Bool = false) async {
        guard self.monitor.isEnabled else { return }
        let mayFlush = self.state.withLock { state in
            defer { state.isFlushing = true }
            return !state.isFlushing
        }
        guard mayFlush else { return }
        defer { self.state.withLock { $0.isFlushing = false } }
        let now = self.monitor.now.milliseconds
        self.collect(now: now, isLast: isLast)
        do {
            try await self.writeMinutes()
            try await self.makeHours(now: now)
            try await self.keepBaselines(now: now, isLast: isLast)
            try await self.prune(now: now)
            self.state.withLock { $0.hasFailed = false }
        } catch {
            let isFirst = self.state.withLock { state in
                defer { state.hasFailed = true }
                return !state.hasFailed
            }
            guard isFirst, !(error is CancellationError) else { return }
            self.logger.warning("history of metrics is not written", metadata: ["purser.error": "\(error)"])
        }
    }

    /// Takes the minutes that are over from the metrics.
    private func collect(now: Int64, isLast: Bool) {
        let rollups = self.monitor.recorders.flatMap { recorder in
            recorder.takeMinutes(before: now / 60_000, includingCurrent: isLast)
                .map { MetricRollup(metric: recorder.name, $0) }
        }
        let lost = self.state.withLock { $0.add(rollups) }
        if lost > 0 { self.monitor.refusals.lostRollups.add(UInt64(lost), ordering: .relaxed) }
    }

    private func writeMinutes() async throws {
        let pending = self.state.withLock { $0.pending }
        guard !pending.isEmpty else { return }
        try self.findHoursMade()
        var rows: [RollupKey: MetricRollup] = [:]
        for rollup in pending {
            let key = RollupKey(metric: rollup.metric, start: rollup.start)
            rows[key] = self.merge(rollup, into: try rows[key] ?? self.kept(rollup))
        }
        try await self.catalog.append(rollups: Array(rows.values))
        self.state.withLock { state in
            state.wrote(pending.count)
            // Hours that were made already are made again where minutes came to them.
            let earliest = rows.values.map { $0.start.milliseconds / Self.hour * Self.hour }.min()
            if let earliest, let made = state.hoursMade { state.hoursMade = min(made, earliest) }
        }
    }

    private struct RollupKey: Hashable {
        let metric: String
        let start: Date
    }

    private func kept(_ rollup: MetricRollup) throws -> MetricRollup? {
        let end = rollup.start.addingTimeInterval(0.001)
        return try self.catalog.rollups(metric: rollup.metric, from: rollup.start, to: end, period: .minute).first
    }

    private func merge(_ rollup: MetricRollup, into kept: MetricRollup?) -> MetricRollup {
        guard let kept else { return rollup }
        var tally = RollupTally(unit: unit(ofMetric: rollup.metric))
        tally.add(kept)
        tally.add(rollup)
        return tally.rollup(metric: rollup.metric, period: rollup.period, start: rollup.start)
    }
}

extension MetricHistory {
    /// The names of the documents.
    private enum StateName {
        static let baselines = "baselines"
        static let hoursMade = "hours_made"
    }

    /// Looks up how far hours are made: what was kept, else the hour of the first minute there is.
    func findHoursMade() throws {
        guard self.state.withLock({ $0.hoursMade }) == nil else { return }
        let kept = try self.catalog.monitorState(StateName.hoursMade).flatMap { Int64($0) }
        let first = try self.catalog.firstRollup(.minute, from: .distantPast)
            .map { $0.milliseconds / Self.hour * Self.hour }
        let made = kept ?? first ?? self.monitor.now.milliseconds / Self.hour * Self.hour
        self.state.withLock { $0.hoursMade = made }
    }

    /// Makes all hours that are over and have minutes.
    private func makeHours(now: Int64) async throws {
        try self.findHoursMade()
        let current = now / Self.hour * Self.hour
        guard let before = self.state.withLock({ $0.hoursMade }), before < current else { return }
        while let made = self.state.withLock({ $0.hoursMade }),
            let next = try self.catalog.firstRollup(.minute, from: Date(milliseconds: made))
        {
            let start = next.milliseconds / Self.hour * Self.hour
            guard start < current else { break }
            try await self.catalog.append(rollups: try self.hour(from: start))
            self.state.withLock { $0.hoursMade = start + Self.hour }
        }
        self.state.withLock { $0.hoursMade = max($0.hoursMade ?? current, current) }
        try await self.catalog.setMonitorState(StateName.hoursMade, "\(current)")
    }

    /// One hour of all metrics, of its minutes.
    private func hour(from start: Int64) throws -> [MetricRollup] {
        let from = Date(milliseconds: start)
        let to = Date(milliseconds: start + Self.hour)
        return try self.catalog.rolledUpMetrics(from: from, to: to, period: .minute).sorted().map { name in
            var tally = RollupTally(unit: unit(ofMetric: name))
            for minute in try self.catalog.rollups(metric: name, from: from, to: to, period: .minute) {
                tally.add(minute)
            }
            return tally.rollup(metric: name, period: .hour, start: from)
        }
    }

    private func keepBaselines(now: Int64, isLast: Bool) async throws {
        let hour = now / Self.hour
        let kept = self.state.withLock { state in
            if state.baselinesKept == nil { state.baselinesKept = hour }
            return state.baselinesKept
        }
        guard isLast || kept != hour else { return }
        let document = self.monitor.baselineDocument(since: hour - Self.baselineHours)
        try await self.catalog.setMonitorState(StateName.baselines, try document.text())
        self.state.withLock { $0.baselinesKept = hour }
    }

    /// Drops a slice of what is too old; the next call drops the next one.
    private func prune(now: Int64) async throws {
        let configuration = self.monitor.configuration
        for (period, retention) in [
            (RollupPeriod.minute, configuration.minuteRetention), (.hour, configuration.hourRetention),
        ] {
            let (before, isBeyond) = now.subtractingReportingOverflow(retention.milliseconds)
            guard !isBeyond else { continue }
            let time = Date(milliseconds: before)
            guard let oldest = try self.catalog.firstRollup(period, from: .distantPast), oldest < time else { continue }
            _ = try await self.catalog.pruneRollups(period, before: time)
        }
    }
}
