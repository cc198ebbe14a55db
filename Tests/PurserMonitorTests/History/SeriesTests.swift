import Foundation
import Logging
import PurserCatalog
import PurserMonitor
import PurserTestSupport
import Testing

@Suite
struct SeriesTests {
    private let time = TestTime()

    /// Records one value per minute, the minute's number, for a time.
    private func record(minutes: Int, _ monitor: PerformanceMonitor, _ history: MetricHistory) async {
        for minute in 0..<minutes {
            monitor.record(.cpuUsage, Double(minute))
            self.time.advance(60)
            await history.flush()
        }
    }

    private func at(_ minute: Int) -> Date { TestTime.start.addingTimeInterval(Double(60 * minute)) }

    private func withHistory(_ body: (PerformanceMonitor, MetricHistory) async throws -> Void) async throws {
        try await withCatalog { (catalog) async throws in
            let monitor = PerformanceMonitor(time: self.time)
            try await body(monitor, MetricHistory(monitor: monitor, catalog: catalog, logger: .silent))
        }
    }

    @Test
    func stepsOfMinutesAreMerged() async throws {
        try await self.withHistory { (monitor, history) async throws in
            await self.record(minutes: 20, monitor, history)
            let points = try history.series(
                metric: "cpu_usage",
                from: self.at(5),
                to: self.at(15),
                step: .seconds(300)
            )
            #expect(points.map(\.start) == [self.at(5), self.at(10)])
            #expect(points.map(\.count) == [5, 5])
            #expect(points.map(\.sum) == [35, 60])
            #expect(points.map(\.mean) == [7, 12])
            #expect(points.map(\.min) == [5, 10])
            #expect(points.map(\.max) == [9, 14])
            expectClose(points.map(\.p50), [7, 12])
            #expect(points.map(\.p99) == [9, 14])
        }
    }

    @Test
    func boundsWithinAStepTakeItWhole() async throws {
        try await self.withHistory { (monitor, history) async throws in
            await self.record(minutes: 20, monitor, history)
            let points = try history.series(
                metric: "cpu_usage",
                from: self.at(7),
                to: self.at(11),
                step: .seconds(300)
            )
            #expect(points.map(\.start) == [self.at(5), self.at(10)])
            #expect(points.map(\.count) == [5, 5])
        }
    }

    @Test
    func hoursAndTheHourThatGoesOnAreOneSeries() async throws {
        try await self.withHistory { (monitor, history) async throws in
            await self.record(minutes: 150, monitor, history)
            let points = try history.series(
                metric: "cpu_usage",
                from: self.at(0),
                to: self.at(150),
                step: .seconds(3_600)
            )
            #expect(points.map(\.count) == [60, 60, 30])
            #expect(points.map(\.max) == [59, 119, 149])
            let two = try history.series(metric: "cpu_usage", from: self.at(0), to: self.at(150), step: .seconds(7_200))
            #expect(two.map(\.count).reduce(0, +) == 150)
        }
    }

    @Test
    func stepsWithoutSamplesHaveNoPoint() async throws {
        try await self.withHistory { (monitor, history) async throws in
            await self.record(minutes: 2, monitor, history)
            self.time.advance(600)
            await self.record(minutes: 1, monitor, history)
            let points = try history.series(
                metric: "cpu_usage",
                from: self.at(0),
                to: self.at(60),
                step: .seconds(60)
            )
            #expect(points.map(\.start) == [self.at(0), self.at(1), self.at(12)])
            #expect(
                try history.series(metric: "unknown", from: self.at(0), to: self.at(60), step: .seconds(60)).isEmpty
            )
        }
    }

    @Test
    func moreRowsThanAPageAreAllRead() async throws {
        try await withCatalog { (catalog) async throws in
            let monitor = PerformanceMonitor(time: self.time)
            let history = MetricHistory(monitor: monitor, catalog: catalog, logger: .silent)
            let rows = (0..<2_500).map { minute in
                MetricRollup(
                    metric: "cpu_usage",
                    period: .minute,
                    start: self.at(minute),
                    count: 1,
                    sum: 1,
                    min: 1,
                    max: 1,
                    histogram: [1, 3, 0, 0]
                )
            }
            try await catalog.append(rollups: rows)
            let points = try history.series(
                metric: "cpu_usage",
                from: self.at(0),
                to: self.at(2_500),
                step: .seconds(60)
            )
            #expect(points.map(\.start) == rows.map(\.start))
        }
    }

    /// Count and bounds are still true, percentiles would not be.
    @Test
    func damagedHistogramCostsThePercentilesOnly() async throws {
        try await withCatalog { (catalog) async throws in
            let monitor = PerformanceMonitor(time: self.time)
            let history = MetricHistory(monitor: monitor, catalog: catalog, logger: .silent)
            let row = MetricRollup(
                metric: "cpu_usage",
                period: .minute,
                start: self.at(0),
                count: 3,
                sum: 6,
                min: 1,
                max: 3,
                histogram: [9]
            )
            try await catalog.append(rollups: [row])
            let points = try history.series(metric: "cpu_usage", from: self.at(0), to: self.at(1), step: .seconds(60))
            #expect(points.map(\.count) == [3])
            #expect(points.map(\.mean) == [2])
            #expect(points.first?.p50 == nil)
        }
    }

    @Test
    func pointsAreBounded() async throws {
        try await self.withHistory { (_, history) async throws in
            func code(_ minutes: Int) -> MonitorError.Code? {
                do {
                    _ = try history.series(
                        metric: "cpu_usage",
                        from: self.at(0),
                        to: self.at(minutes),
                        step: .seconds(60)
                    )
                    return nil
                } catch {
                    return (error as? MonitorError)?.code
                }
            }
            #expect(code(10_000) == nil)
            #expect(code(10_001) == .tooManyPoints)
        }
    }

    @Test(arguments: [
        (0.0, 60.0, Duration.seconds(0)), (0, 60, .seconds(59)), (0, 60, .seconds(61)), (0, 60, .seconds(-60)),
        (60, 60, .seconds(60)), (60, 0, .seconds(60)), (-1e12, 60, .seconds(60)), (0, 1e15, .seconds(3_600)),
        (0, .infinity, .seconds(60)), (.nan, 60, .seconds(60)), (0, 60, .seconds(Int64.max)),
    ])
    func impossibleRangesAreRefused(_ from: Double, _ to: Double, _ step: Duration) async throws {
        try await self.withHistory { (_, history) async throws in
            let error = #expect(throws: MonitorError.self) {
                try history.series(
                    metric: "cpu_usage",
                    from: TestTime.start.addingTimeInterval(from),
                    to: TestTime.start.addingTimeInterval(to),
                    step: step
                )
            }
            #expect(error?.code == .invalidTimeRange)
        }
    }

    @Test
    func malformedNameIsRefused() async throws {
        try await self.withHistory { (_, history) async throws in
            let error = #expect(throws: MonitorError.self) {
                try history.series(metric: "No", from: self.at(0), to: self.at(1), step: .seconds(60))
            }
            #expect(error?.code == .invalidMetricName)
        }
    }
}
