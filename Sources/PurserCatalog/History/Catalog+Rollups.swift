public import Foundation
import GRDB

extension Catalog {
    /// Writes rows of the history in one transaction; a row of the same metric, period and start is replaced.
    ///
    /// So the same call may be repeated without counting anything twice.
    ///
    /// - Throws: ``CatalogError`` `.noSpace`, `.readOnly`.
    public func append(rollups: [MetricRollup]) async throws {
        guard !rollups.isEmpty else { return }
        try await self.writer.submit { transaction in
            for rollup in rollups { try transaction.save(rollup) }
        }
    }

    /// Rows of one metric in the order of time.
    ///
    /// - Parameters:
    ///   - metric: The metric's name.
    ///   - from: The first start, inclusive.
    ///   - to: The end of the starts, exclusive.
    ///   - period: Which periods.
    ///   - limit: How many at most; go on after the last one's start.
    /// - Returns: The rows; none for an unknown metric.
    /// - Throws: ``CatalogError``.
    public func rollups(
        metric: String,
        from: Date,
        to: Date,
        period: RollupPeriod,
        limit: Int = 100_000
    ) throws -> [MetricRollup] {
        try self.readers.read { db in
            try db.all(Query.rollups, [metric, period.rawValue, from.milliseconds, to.milliseconds, max(0, limit)]) {
                try MetricRollup($0)
            }
        }
    }

    /// The names of the metrics that have rows within a stretch of time.
    ///
    /// All rows in it are visited: ask for an hour or so.
    public func rolledUpMetrics(from: Date, to: Date, period: RollupPeriod) throws -> Set<String> {
        try self.readers.read { db in
            Set(
                try db.all(Query.rolledUpMetrics, [period.rawValue, from.milliseconds, to.milliseconds]) {
                    try $0.text(0)
                }
            )
        }
    }

    /// The start of the first row at a time or later; `nil` where there is none.
    public func firstRollup(_ period: RollupPeriod, from: Date) throws -> Date? {
        try self.readers.read { db in try Self.firstStart(period, from: from.milliseconds, in: db) }
            .map { Date(milliseconds: $0) }
    }

    /// Drops old rows, a slice at a time, so that no transaction gets long however much there is.
    ///
    /// A slice is an hour of minutes or a day of hours, the oldest first.
    ///
    /// - Parameters:
    ///   - period: Which periods.
    ///   - before: Rows that start before this time go; exclusive.
    /// - Returns: Whether anything was dropped: more may be left then.
    /// - Throws: ``CatalogError``.
    public func pruneRollups(_ period: RollupPeriod, before: Date) async throws -> Bool {
        let slice = period == .minute ? RollupPeriod.hour.milliseconds : 24 * RollupPeriod.hour.milliseconds
        return try await self.writer.submit { transaction in
            try transaction.pruneRollups(period, before: before.milliseconds, slice: slice)
        }
    }

    static func firstStart(_ period: RollupPeriod, from: Int64, in db: Database) throws -> Int64? {
        try db.first(Query.firstRollup, [period.rawValue, from]) { $0[0] as Int64? } ?? nil
    }
}

extension WriteTransaction {
    fileprivate func save(_ rollup: MetricRollup) throws {
        try self.write(
            Query.saveRollup,
            [
                rollup.metric, rollup.period.rawValue, rollup.start.milliseconds, rollup.count, rollup.sum, rollup.min,
                rollup.max, Data(rollup.histogram),
            ]
        )
    }

    fileprivate func pruneRollups(_ period: RollupPeriod, before: Int64, slice: Int64) throws -> Bool {
        guard let oldest = try Catalog.firstStart(period, from: .min, in: self.db), oldest < before else {
            return false
        }
        let (end, isBeyond) = oldest.addingReportingOverflow(slice)
        try self.write(Query.pruneRollups, [period.rawValue, isBeyond ? before : min(before, end)])
        return true
    }
}
