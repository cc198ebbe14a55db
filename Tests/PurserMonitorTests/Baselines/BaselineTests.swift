import Foundation
import Logging
import PurserCatalog
import PurserTestSupport
import Testing

@testable import PurserMonitor

@Suite
struct BaselineTests {
    /// A week at two levels: 100 ± 10 by day, 6 to 18 o'clock UTC, and 20 ± 2 by night, evenly spread.
    private func recordTwoLevels(_ monitor: PerformanceMonitor, _ time: TestTime, days: Int = 7, seed: UInt64 = 1) {
        var random = SeededGenerator(seed: seed)
        for minute in 0..<(days * 24 * 60 / 2) {
            let hour = (minute / 30) % 24
            let (level, width) = (6..<18).contains(hour) ? (100.0, 10.0) : (20, 2)
            monitor.record(.cpuUsage, level + Double.random(in: -width...width, using: &random))
            time.advance(120)
        }
    }

    /// Midnight UTC.
    private let midnight = Date(timeIntervalSince1970: 1_700_006_400)

    @Test(arguments: [1, 2, 3] as [UInt64])
    func twoLevelsAreToldApartByHour(_ seed: UInt64) throws {
        let time = TestTime(self.midnight)
        let monitor = PerformanceMonitor(time: time)
        self.recordTwoLevels(monitor, time, seed: seed)
        let baselines = monitor.baselines(of: "cpu_usage")
        #expect(baselines.map(\.hour) == Array(0..<24))
        for baseline in baselines {
            let isDay = (6..<18).contains(baseline.hour)
            #expect(baseline.samples == 84)
            // Of 84 values spread evenly over ± 10 the median is 1.1 off as a rule, and the median distance is 5.
            #expect(abs(baseline.median - (isDay ? 100 : 20)) < (isDay ? 4 : 0.8), "\(baseline)")
            #expect(abs(baseline.spread - (isDay ? 5 : 1)) < (isDay ? 2 : 0.4), "\(baseline)")
        }
    }

    @Test
    func summaryHasTheBaselineOfTheHour() throws {
        let time = TestTime(self.midnight)
        let monitor = PerformanceMonitor(time: time)
        #expect(monitor.summary(of: "cpu_usage")?.baseline == nil)
        self.recordTwoLevels(monitor, time)
        #expect(time.now == self.midnight.addingTimeInterval(7 * 86_400))
        let night = try #require(monitor.summary(of: "cpu_usage")?.baseline)
        #expect(night.hour == 0)
        time.advance(12 * 3_600)
        let day = try #require(monitor.summary(of: "cpu_usage")?.baseline)
        #expect(day.hour == 12)
        #expect(day.median > 4 * night.median)
        #expect(day == monitor.baselines(of: "cpu_usage")[12])
    }

    @Test
    func fewValuesAreAllCounted() throws {
        let monitor = PerformanceMonitor(time: TestTime(self.midnight))
        for value in [1.0, 2, 3, 4, 100] { monitor.record(.cpuUsage, value) }
        #expect(monitor.baselines(of: "cpu_usage") == [Baseline(hour: 0, median: 3, spread: 1, samples: 5)])
    }

    @Test
    func oldDaysAreForgotten() throws {
        let time = TestTime(self.midnight)
        let monitor = PerformanceMonitor(time: time)
        for day in 0..<10 {
            for _ in 0..<50 { monitor.record(.cpuUsage, day < 3 ? 1 : 50) }
            time.advance(86_400)
        }
        #expect(monitor.baselines(of: "cpu_usage") == [Baseline(hour: 0, median: 50, spread: 0, samples: 84)])
    }

    @Test
    func clockPutBackMixesHoursAndNoMore() {
        let time = TestTime(self.midnight)
        let monitor = PerformanceMonitor(time: time)
        for round in 0..<100 {
            monitor.record(.cpuUsage, 5)
            time.advance(round % 2 == 0 ? 3_600 : -3_600)
        }
        let baselines = monitor.baselines(of: "cpu_usage")
        #expect(baselines.map(\.hour) == [0, 1])
        #expect(baselines.allSatisfy { $0.median == 5 && $0.samples <= 84 })
    }

    @Test
    func theyAreKeptAcrossARestart() async throws {
        try await withCatalog { (catalog) async throws in
            let time = TestTime(self.midnight)
            let monitor = PerformanceMonitor(time: time)
            self.recordTwoLevels(monitor, time)
            try monitor.record(MetricSample(metric: "mine", value: 3))
            await MetricHistory(monitor: monitor, catalog: catalog, logger: .silent).flush(isLast: true)

            let next = PerformanceMonitor(time: time)
            MetricHistory(monitor: next, catalog: catalog, logger: .silent).restore()
            #expect(next.baselines(of: "cpu_usage") == monitor.baselines(of: "cpu_usage"))
            #expect(next.baselines(of: "mine").isEmpty)
            #expect(next.names().contains("mine") == false)
            try next.record(MetricSample(metric: "mine", value: 5))
            #expect(next.baselines(of: "mine").map(\.samples) == [2])
        }
    }

    @Test
    func theyAreKeptOncePerHour() async throws {
        try await withCatalog { (catalog) async throws in
            let time = TestTime(self.midnight)
            let monitor = PerformanceMonitor(time: time)
            let history = MetricHistory(monitor: monitor, catalog: catalog, logger: .silent)
            monitor.record(.cpuUsage, 5)
            await history.flush()
            #expect(try catalog.monitorState("baselines") == nil)
            time.advance(3_600)
            await history.flush()
            let text = try #require(try catalog.monitorState("baselines"))
            #expect(BaselineDocument(text)?.metrics.keys.sorted() == ["cpu_usage"])
        }
    }

    @Test
    func metricsNotSeenForAMonthAreForgotten() async throws {
        let time = TestTime(self.midnight)
        let monitor = PerformanceMonitor(time: time)
        try monitor.record(MetricSample(metric: "mine", value: 3))
        let hour = Int64(self.midnight.timeIntervalSince1970) / 3_600
        let next = PerformanceMonitor(time: time)
        next.restore(monitor.baselineDocument(since: 0))
        #expect(next.baselineDocument(since: hour).metrics.keys.contains("mine"))
        #expect(next.baselineDocument(since: hour + 1).metrics.keys.contains("mine") == false)
    }

    @Test(arguments: [
        "", "{}", "[]", "{\"version\":2,\"metrics\":{}}",
        "{\"version\":1,\"metrics\":{\"cpu_usage\":{\"updated\":1,\"hours\":{\"0\":\"!\"}}}}",
    ])
    func documentThatCannotBeReadIsLeft(_ text: String) async throws {
        try await withCatalog { (catalog) async throws in
            try await catalog.setMonitorState("baselines", text)
            let monitor = PerformanceMonitor(time: TestTime(self.midnight))
            MetricHistory(monitor: monitor, catalog: catalog, logger: .silent).restore()
            #expect(monitor.baselines(of: "cpu_usage").isEmpty)
        }
    }

    /// Not a number, an hour that is none, a text cut short: each is left out, and the rest is taken.
    @Test
    func damagedValuesAreLeftOut() throws {
        // 1.5 in 32 bits, little-endian, then a NaN, then two bytes.
        let bytes = Data([0, 0, 0xc0, 0x3f, 0, 0, 0xc0, 0x7f, 1, 2]).base64EncodedString()
        let text =
            "{\"version\":1,\"metrics\":{\"cpu_usage\":{\"updated\":1,\"hours\":{\"0\":\"\(bytes)\",\"24\":\"\(bytes)\"}}}}"
        let monitor = PerformanceMonitor(time: TestTime(self.midnight))
        monitor.restore(try #require(BaselineDocument(text)))
        #expect(monitor.baselines(of: "cpu_usage") == [Baseline(hour: 0, median: 1.5, spread: 0, samples: 1)])
    }
}
