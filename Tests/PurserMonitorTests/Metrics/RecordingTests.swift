import Foundation
import PurserMonitor
import PurserTestSupport
import Testing

@Suite
struct RecordingTests {
    private let time = TestTime()

    @Test
    func figuresAreThoseOfTheSamples() throws {
        let monitor = PerformanceMonitor(time: self.time)
        for value in [0.25, 1.5, 0.5] {
            monitor.record(.databaseQueryTime, value)
            self.time.advance(1)
        }
        let summary = try #require(monitor.summary(of: "database_query_time"))
        #expect(summary.unit == .seconds)
        #expect(summary.count == 3)
        #expect(summary.sum == 2.25)
        #expect(summary.mean == 0.75)
        #expect(summary.min == 0.25)
        #expect(summary.max == 1.5)
        #expect(summary.last == 0.5)
        #expect(summary.lastAt == TestTime.start.addingTimeInterval(2))
        #expect(summary.samples == 3)
        let median = try #require(summary.p50)
        #expect(abs(median - 0.5) <= 0.005)
        #expect(summary.p99 == 1.5)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func percentilesAreExactToTwoDigits(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let values = (0..<5_000).map { _ in pow(10, Double.random(in: -5...2, using: &random)) }
        let monitor = PerformanceMonitor(time: self.time)
        for value in values { monitor.record(.responseTime, value, subject: "upload") }
        let summary = try #require(monitor.summary(of: "response_time"))
        for (found, percent) in [(summary.p50, 50.0), (summary.p90, 90), (summary.p95, 95), (summary.p99, 99)] {
            let exact = nearestRank(percent, values)
            let found = try #require(found)
            // A bucket is at most 1/128 of its values wide.
            #expect(abs(found - exact) <= exact / 100, "seed \(seed), p\(percent): \(found), exactly \(exact)")
        }
    }

    @Test
    func whatIsNoNumberIsCountedAndDropped() throws {
        let monitor = PerformanceMonitor(time: self.time)
        for value in [Double.nan, .infinity, -.infinity, 1e300] { monitor.record(.cpuUsage, value) }
        monitor.record(.cpuUsage, 7)
        #expect(try #require(monitor.summary(of: "cpu_usage")).count == 1)
        #expect(monitor.counts.invalidValues == 4)
    }

    @Test
    func nothingIsMeasuredWhereTheMonitorIsOff() throws {
        var configuration = MeasuringConfiguration()
        configuration.isEnabled = false
        let monitor = PerformanceMonitor(configuration, time: self.time)
        monitor.record(.cpuUsage, 7)
        try monitor.record(MetricSample(metric: "mine", value: 1))
        #expect(monitor.snapshot().metrics.map(\.count) == BuiltInMetric.allCases.map { _ in 0 })
        #expect(monitor.snapshot().isEnabled == false)
    }

    @Test
    func ringKeepsTheLatest() throws {
        var configuration = MeasuringConfiguration()
        configuration.ringSize = 100
        let monitor = PerformanceMonitor(configuration, time: self.time)
        for value in 0..<250 { monitor.record(.memoryUsage, Double(value)) }
        let summary = try #require(monitor.summary(of: "memory_usage"))
        #expect(summary.count == 250)
        #expect(summary.samples == 100)
        #expect(monitor.samples(of: "memory_usage").map(\.value) == (150..<250).reversed().map(Double.init))
        #expect(monitor.samples(of: "memory_usage", limit: 2).map(\.value) == [249, 248])
    }

    @Test
    func subjectsAreTags() {
        let monitor = PerformanceMonitor(time: self.time)
        monitor.record(.diskIO, 5, subject: "read")
        monitor.record(.cpuUsage, 5, subject: "no such tag")
        #expect(monitor.samples(of: "disk_io").map(\.tags) == [["direction": "read"]])
        #expect(monitor.samples(of: "cpu_usage").map(\.tags) == [[:]])
    }

    @Test(.timeLimit(.minutes(1)))
    func nothingIsLostWhenManyRecordAtOnce() async throws {
        let monitor = PerformanceMonitor(time: self.time)
        await withTaskGroup { group in
            for task in 0..<16 {
                group.addTask { @concurrent in
                    for _ in 0..<500 {
                        monitor.record(.responseTime, Double(task), subject: "kind \(task)")
                        monitor.record(.cpuUsage, 1)
                    }
                }
            }
            await group.waitForAll()
        }
        let summary = try #require(monitor.summary(of: "response_time"))
        #expect(summary.count == 8_000)
        #expect(summary.sum == 500 * 120)
        let readings = monitor.read(MetricQuery(metric: "response_time", aggregation: .count, window: .seconds(1)))
        #expect(readings.map(\.value) == [Double](repeating: 500, count: 16))
        #expect(try #require(monitor.summary(of: "cpu_usage")).sum == 8_000)
    }

    @Test
    func snapshotHoldsEveryMetricInOrder() throws {
        let monitor = PerformanceMonitor(time: self.time)
        try monitor.record(MetricSample(metric: "zebra", value: 1))
        try monitor.record(MetricSample(metric: "ant", value: 2))
        monitor.record(.diskFree, 40)
        let snapshot = monitor.snapshot()
        #expect(snapshot.metrics.map(\.name) == BuiltInMetric.allCases.map(\.rawValue) + ["ant", "zebra"])
        #expect(snapshot.metrics.map(\.name) == monitor.names())
        #expect(snapshot.takenAt == TestTime.start)
        let disk = try #require(snapshot.metrics.first { $0.name == "disk_free_percent" })
        #expect(disk == monitor.summary(of: "disk_free_percent"))
        #expect(disk.last == 40)
        // One histogram serves all metrics of a unit in turn: what is left of one would show in the next.
        #expect(try #require(snapshot.metrics.first { $0.name == "store_utilization_percent" }).p50 == nil)
        #expect(snapshot.metrics.last?.p50 == 1)
    }
}
