import Foundation
import Logging
import PurserCatalog
import PurserMonitor
import PurserTestSupport
import SystemPackage
import Testing

@Suite
struct HistoryTests {
    private let time = TestTime()

    private func minutes(_ catalog: Catalog, _ metric: String = "cpu_usage") throws -> [MetricRollup] {
        try catalog.rollups(metric: metric, from: .distantPast, to: .distantFuture, period: .minute)
    }

    private func hours(_ catalog: Catalog, _ metric: String = "cpu_usage") throws -> [MetricRollup] {
        try catalog.rollups(metric: metric, from: .distantPast, to: .distantFuture, period: .hour)
    }

    private func history(_ monitor: PerformanceMonitor, _ catalog: Catalog) -> MetricHistory {
        MetricHistory(monitor: monitor, catalog: catalog, logger: .silent)
    }

    @Test
    func minutesAreWrittenOnceTheyAreOver() async throws {
        try await withCatalog { (catalog) async throws in
            let monitor = PerformanceMonitor(time: self.time)
            let history = self.history(monitor, catalog)
            for value in [5.0, 1, 3] { monitor.record(.cpuUsage, value) }
            try monitor.record(MetricSample(metric: "mine", value: -2))
            await history.flush()
            #expect(try self.minutes(catalog).isEmpty)

            self.time.advance(59.999)
            monitor.record(.cpuUsage, 11)
            self.time.advance(0.001)
            monitor.record(.cpuUsage, 100)
            await history.flush()
            await history.flush()
            let rows = try self.minutes(catalog)
            #expect(rows.map(\.start) == [TestTime.start])
            #expect(rows.map(\.count) == [4])
            #expect(rows.map(\.sum) == [20])
            #expect(rows.map(\.min) == [1])
            #expect(rows.map(\.max) == [11])
            #expect(try self.minutes(catalog, "mine").map(\.sum) == [-2])
            #expect(try self.minutes(catalog, "disk_io").isEmpty)
        }
    }

    /// Two minutes wait apart; what comes then counts to the second, so that little memory is held.
    @Test(arguments: [2, 5])
    func minutesThatNobodyFetchedInTimeAreNotLost(_ minutes: Int) async throws {
        try await withCatalog { (catalog) async throws in
            let monitor = PerformanceMonitor(time: self.time)
            for minute in 1...minutes {
                monitor.record(.cpuUsage, Double(minute))
                self.time.advance(60)
            }
            await self.history(monitor, catalog).flush()
            #expect(try self.minutes(catalog).map(\.sum) == (minutes == 2 ? [1, 2] : [1, 14]))
            #expect(monitor.summary(of: "cpu_usage")?.count == UInt64(minutes))
        }
    }

    @Test
    func minuteGoesOnAfterARestart() async throws {
        try await withCatalog { (catalog) async throws in
            let first = PerformanceMonitor(time: self.time)
            first.record(.cpuUsage, 4)
            await self.history(first, catalog).flush(isLast: true)
            #expect(try self.minutes(catalog).map(\.count) == [1])

            let second = PerformanceMonitor(time: self.time)
            second.record(.cpuUsage, 8)
            second.record(.cpuUsage, 2)
            self.time.advance(60)
            let history = self.history(second, catalog)
            await history.flush()
            await history.flush(isLast: true)
            let rows = try self.minutes(catalog)
            #expect(rows.map(\.count) == [3])
            #expect(rows.map(\.sum) == [14])
            #expect(rows.map(\.min) == [2])
            #expect(rows.map(\.max) == [8])
            let points = try history.series(
                metric: "cpu_usage",
                from: TestTime.start,
                to: TestTime.start.addingTimeInterval(60),
                step: .seconds(60)
            )
            expectClose(points.map(\.p50), [4])
        }
    }

    @Test
    func hourIsMadeOfItsMinutesAlsoAfterARestart() async throws {
        try await withCatalog { (catalog) async throws in
            let first = PerformanceMonitor(time: self.time)
            for minute in 0..<10 {
                for _ in 0...minute { first.record(.cpuUsage, Double(minute)) }
                self.time.advance(60)
                await self.history(first, catalog).flush()
            }
            #expect(try self.hours(catalog).isEmpty)

            self.time.advance(5 * 3_600)
            let second = PerformanceMonitor(time: self.time)
            let history = self.history(second, catalog)
            await history.flush()
            await history.flush()
            let row = try #require(try self.hours(catalog).first)
            #expect(try self.hours(catalog).count == 1)
            #expect(row.start == TestTime.start)
            #expect(row.count == 55)
            #expect(row.sum == 330)
            #expect(row.min == 0)
            #expect(row.max == 9)
            let points = try history.series(
                metric: "cpu_usage",
                from: TestTime.start,
                to: TestTime.start.addingTimeInterval(3_600),
                step: .seconds(3_600)
            )
            // 28 of 55 values are at most 6.
            #expect(points.map(\.count) == [55])
            expectClose(points.map(\.p50), [6])
            #expect(points.map(\.p99) == [9])
        }
    }

    @Test
    func clockPutBackCountsEverySampleOnce() async throws {
        try await withCatalog { (catalog) async throws in
            let monitor = PerformanceMonitor(time: self.time)
            let history = self.history(monitor, catalog)
            var random = SeededGenerator(seed: 4)
            var recorded: Int64 = 0
            for _ in 0..<400 {
                for _ in 0..<Int.random(in: 0..<4, using: &random) {
                    monitor.record(.cpuUsage, Double.random(in: 0..<100, using: &random))
                    recorded += 1
                }
                self.time.advance(Double.random(in: -300...400, using: &random))
                if Int.random(in: 0..<3, using: &random) == 0 { await history.flush() }
            }
            self.time.advance(20 * 3_600)  // past everything that was written
            await history.flush(isLast: true)
            #expect(recorded > 400)
            #expect(try self.minutes(catalog).map(\.count).reduce(0, +) == recorded)
            #expect(try self.hours(catalog).map(\.count).reduce(0, +) == recorded)
        }
    }

    @Test
    func whatCannotBeWrittenWaitsAndIsBounded() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let path = folder.appending("catalog.sqlite").string
            let closed = try Catalog.open(at: path, logger: .silent)
            try await closed.close()
            let monitor = PerformanceMonitor(time: self.time)
            let history = self.history(monitor, closed)
            for _ in 0..<2_500 {
                monitor.record(.cpuUsage, 1)
                self.time.advance(60)
                await history.flush()
            }
            #expect(monitor.counts.lostRollups == 500)
        }
    }

    @Test
    func whatWaitedIsWrittenOnceTheCatalogTakesIt() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let path = folder.appending("catalog.sqlite").string
            var configuration = CatalogConfiguration()
            configuration.readers = 1
            let catalog = try Catalog.open(at: path, configuration: configuration, logger: .silent)
            let monitor = PerformanceMonitor(time: self.time)
            let history = self.history(monitor, catalog)
            monitor.record(.cpuUsage, 1)
            self.time.advance(60)
            // A cancelled task is refused by the catalog, as a full disk is.
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                await history.flush()
            }
            await task.value
            #expect(try self.minutes(catalog).isEmpty)
            monitor.record(.cpuUsage, 2)
            self.time.advance(60)
            await history.flush()
            #expect(try self.minutes(catalog).map(\.sum) == [1, 2])
            try await catalog.close()
        }
    }

    @Test
    func oldRowsGo() async throws {
        var configuration = MeasuringConfiguration()
        configuration.minuteRetention = .seconds(2 * 3_600)
        configuration.hourRetention = .seconds(48 * 3_600)
        try await withCatalog { (catalog) async throws in
            let monitor = PerformanceMonitor(configuration, time: self.time)
            let history = self.history(monitor, catalog)
            for _ in 0..<(72 * 4) {
                monitor.record(.cpuUsage, 1)
                self.time.advance(900)
                await history.flush()
            }
            // What is less than a slice over its time may still be there.
            let minutes = try self.minutes(catalog).count
            #expect((8...12).contains(minutes), "\(minutes)")
            let hours = try self.hours(catalog).count
            #expect((48...72).contains(hours), "\(hours)")
            for _ in 0..<3 { await history.flush() }
            let oldest = try #require(try self.hours(catalog).first)
            #expect(oldest.start >= self.time.now.addingTimeInterval(-48 * 3_600))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func loopWritesEachMinuteAndAtTheEnd() async throws {
        try await withCatalog { (catalog) async throws in
            let clock = StepClock()
            let monitor = PerformanceMonitor(time: self.time)
            let history = self.history(monitor, catalog)
            let loop = Task { await history.run(on: clock) }
            await clock.waitForSleepers()
            monitor.record(.cpuUsage, 1)
            self.time.advance(61)
            clock.advance(by: .seconds(61))
            await clock.waitForSleepers()
            #expect(try self.minutes(catalog).map(\.sum) == [1])
            monitor.record(.cpuUsage, 2)
            loop.cancel()
            await loop.value
            #expect(try self.minutes(catalog).map(\.sum) == [1, 2])
            #expect(try catalog.monitorState("baselines") != nil)
        }
    }

    @Test
    func nothingIsWrittenWhereTheMonitorIsOff() async throws {
        var configuration = MeasuringConfiguration()
        configuration.isEnabled = false
        try await withCatalog { (catalog) async throws in
            let history = self.history(PerformanceMonitor(configuration, time: self.time), catalog)
            self.time.advance(7_200)
            await history.flush(isLast: true)
            #expect(try catalog.monitorState("baselines") == nil)
        }
    }
}
