public import Foundation
import PurserCatalog
import Synchronization

extension MetricHistory {
    /// The most points of a series.
    public static let maxPoints = 10_000
    /// Rows read from the catalog at a time.
    private static let page = 1_000

    /// How a metric went: a point for each step in which there were samples.
    ///
    /// Steps of whole hours are made of hours, and of minutes for hours that are not over. Other steps are made of
    /// minutes, and reach back only as far as those are kept. Points of the last minute are not there yet. Reads on the
    /// caller's thread, some milliseconds for a week of minutes.
    ///
    /// - Parameters:
    ///   - metric: The metric's name; a metric of a user's may also be one of before a restart.
    ///   - from: The first moment; the step that it lies in is whole.
    ///   - to: The end, exclusive; the step that it lies in is whole.
    ///   - step: Whole minutes, at least one.
    /// - Returns: Points in the order of time; steps without samples have none.
    /// - Throws: ``MonitorError`` `.invalidMetricName`, `.invalidTimeRange`, `.tooManyPoints`; `CatalogError`.
    public func series(metric: String, from: Date, to: Date, step: Duration) throws -> [SeriesPoint] {
        guard MetricName.isWellFormed(metric) else {
            throw MonitorError(.invalidMetricName, "'\(metric.prefix(64))' cannot be the name of a metric")
        }
        let (range, step) = try Self.check(from: from, to: to, step: step)
        let (start, end) = (range.lowerBound, range.upperBound)
        var series = Series(unit: unit(ofMetric: metric), step: step)
        var minutesFrom = start
        if step % RollupPeriod.hour.milliseconds == 0 {
            try self.findHoursMade()
            let made = self.state.withLock { $0.hoursMade } ?? start
            minutesFrom = min(max(made, start), end)
            try self.read(metric, .hour, start..<minutesFrom, into: &series)
        }
        try self.read(metric, .minute, minutesFrom..<end, into: &series)
        return series.finish()
    }

    /// Points of one metric as they are made, row by row.
    private struct Series {
        private let step: Int64
        private var tally: RollupTally
        private var start: Int64 = 0
        private var points: [SeriesPoint] = []

        init(unit: MetricUnit, step: Int64) {
            self.step = step
            self.tally = RollupTally(unit: unit)
        }

        mutating func add(_ rollup: MetricRollup) {
            let start = MetricHistory.floor(rollup.start.milliseconds, to: self.step)
            if start != self.start { self.close() }
            self.start = start
            self.tally.add(rollup)
        }

        mutating func finish() -> [SeriesPoint] {
            self.close()
            return self.points
        }

        private mutating func close() {
            guard self.tally.count > 0 else { return }
            self.points.append(self.tally.point(start: Date(milliseconds: self.start)))
            self.tally.reset()
        }
    }

    private func read(_ metric: String, _ period: RollupPeriod, _ range: Range<Int64>, into series: inout Series) throws
    {
        var next = range.lowerBound
        while next < range.upperBound {
            let rows = try self.catalog.rollups(
                metric: metric,
                from: Date(milliseconds: next),
                to: Date(milliseconds: range.upperBound),
                period: period,
                limit: Self.page
            )
            for row in rows { series.add(row) }
            guard rows.count == Self.page, let last = rows.last else { return }
            next = last.start.milliseconds + 1
        }
    }

    /// Makes sure that a series can be.
    ///
    /// - Returns: Its whole steps, and the step, in milliseconds.
    private static func check(
        from: Date,
        to: Date,
        step: Duration
    ) throws(MonitorError) -> (range: Range<Int64>, step: Int64) {
        let minute = RollupPeriod.minute.milliseconds
        let step = step.milliseconds
        let years = Date(milliseconds: 0)...Date(milliseconds: 253_402_300_800_000)  // 1970 to 9999
        guard step >= minute, step % minute == 0, step <= years.upperBound.milliseconds else {
            throw MonitorError(.invalidTimeRange, "the step must be one minute or more whole minutes")
        }
        guard from < to, years.contains(from), years.contains(to) else {
            throw MonitorError(.invalidTimeRange, "the series must begin before it ends, in the years 1970 to 9999")
        }
        let start = Self.floor(from.milliseconds, to: step)
        let end = Self.floor(to.milliseconds - 1, to: step) + step
        let points = (end - start) / step
        guard points <= Self.maxPoints else {
            throw MonitorError(
                .tooManyPoints,
                "the series would have \(points) points, at most \(Self.maxPoints) can be: take a longer step"
            )
        }
        return (start..<end, step)
    }

    static func floor(_ time: Int64, to step: Int64) -> Int64 {
        time - ((time % step) + step) % step
    }
}
