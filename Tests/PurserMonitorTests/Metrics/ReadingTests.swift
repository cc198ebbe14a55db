import Foundation
import PurserMonitor
import PurserTestSupport
import Testing

@Suite
struct ReadingTests {
    private let time = TestTime()

    private func read(_ monitor: PerformanceMonitor, _ metric: BuiltInMetric, _ aggregation: Aggregation, _ window: Int)
        -> [MetricReading]
    {
        monitor.read(MetricQuery(metric: metric.rawValue, aggregation: aggregation, window: .seconds(window)))
    }

    @Test
    func windowBeginsAfterItsStart() {
        let monitor = PerformanceMonitor(time: self.time)
        for value in 0..<5 {
            monitor.record(.cpuUsage, Double(value))
            self.time.advance(10)
        }
        // Recorded 50, 40, 30, 20 and 10 s ago.
        #expect(self.read(monitor, .cpuUsage, .sum, 30) == [MetricReading(subject: "", value: 7, samples: 2)])
        #expect(self.read(monitor, .cpuUsage, .sum, 31) == [MetricReading(subject: "", value: 9, samples: 3)])
    }

    @Test(arguments: Aggregation.allCases)
    func figuresAreThoseOfTheSamples(_ aggregation: Aggregation) {
        var random = SeededGenerator(seed: 7)
        let monitor = PerformanceMonitor(time: self.time)
        var values: [String: [Double]] = [:]
        for _ in 0..<2_000 {
            let kind = ["upload", "download", "list"][Int.random(in: 0..<3, using: &random)]
            // Few distinct values, so that there are many that are equal.
            let value = Double(Int.random(in: 0..<200, using: &random)) / 8
            values[kind, default: []].append(value)
            monitor.record(.responseTime, value, subject: kind)
        }
        let readings = self.read(monitor, .responseTime, aggregation, 100)
        #expect(readings.count == 3)
        for reading in readings {
            let expected = values[reading.subject] ?? []
            #expect(reading.samples == expected.count)
            let sum = expected.reduce(0, +)
            let figure: Double? =
                switch aggregation {
                case .count: Double(expected.count)
                case .last: expected.last
                case .mean: sum / Double(expected.count)
                case .min: expected.min()
                case .max: expected.max()
                case .sum: sum
                case .rate: Double(expected.count) / 100
                case .p50: nearestRank(50, expected)
                case .p90: nearestRank(90, expected)
                case .p95: nearestRank(95, expected)
                case .p99: nearestRank(99, expected)
                }
            #expect(reading.value == figure, "\(reading.subject)")
        }
    }

    @Test
    func subjectsWithoutSamplesInTheWindowHaveNoReading() {
        let monitor = PerformanceMonitor(time: self.time)
        monitor.record(.diskIO, 5, subject: "read")
        self.time.advance(60)
        monitor.record(.diskIO, 7, subject: "write")
        #expect(
            self.read(monitor, .diskIO, .last, 30) == [MetricReading(subject: "write", value: 7, samples: 1)]
        )
    }

    @Test
    func nothingIsZeroOnlyWhereItCanBeCounted() {
        let monitor = PerformanceMonitor(time: self.time)
        let nothing = [MetricReading(subject: "", value: 0, samples: 0)]
        for aggregation in Aggregation.allCases {
            let isCounted = [.count, .sum, .rate].contains(aggregation)
            #expect(self.read(monitor, .cpuUsage, aggregation, 30) == (isCounted ? nothing : []))
            #expect(self.read(monitor, .responseTime, aggregation, 30).isEmpty)
        }
    }

    @Test
    func unknownMetricsAndEmptyWindowsGiveNothing() {
        let monitor = PerformanceMonitor(time: self.time)
        monitor.record(.cpuUsage, 1)
        #expect(monitor.read(MetricQuery(metric: "unknown", aggregation: .count, window: .seconds(9))).isEmpty)
        #expect(monitor.read(MetricQuery(metric: "cpu_usage", aggregation: .count, window: .zero)).isEmpty)
        #expect(monitor.read(MetricQuery(metric: "cpu_usage", aggregation: .count, window: .seconds(-1))).isEmpty)
        let all = monitor.read(MetricQuery(metric: "cpu_usage", aggregation: .count, window: .seconds(Int64.max)))
        #expect(all.map(\.value) == [1])
        #expect(monitor.summary(of: "unknown") == nil)
    }

    @Test
    func lastIsTheLatestByItsOwnTime() throws {
        let monitor = PerformanceMonitor(time: self.time)
        try monitor.record(MetricSample(metric: "mine", value: 1))
        try monitor.record(
            MetricSample(metric: "mine", value: 2, timestamp: TestTime.start.addingTimeInterval(-100))
        )
        let query = MetricQuery(metric: "mine", aggregation: .last, window: .seconds(600))
        #expect(monitor.read(query).map(\.value) == [1])
        #expect(monitor.summary(of: "mine")?.last == 1)
    }

    @Test
    func samplesOfAClockThatWasPutBackAreLeftOut() {
        let monitor = PerformanceMonitor(time: self.time)
        monitor.record(.cpuUsage, 90)
        self.time.advance(-3_600)
        monitor.record(.cpuUsage, 10)
        #expect(self.read(monitor, .cpuUsage, .mean, 60).map(\.value) == [10])
        #expect(monitor.summary(of: "cpu_usage")?.count == 2)
    }

    /// Ascending and descending values, and all equal ones, are what simple selections are slow at.
    @Test(arguments: [0, 1, 2])
    func percentilesOfOrderedValuesAreExact(_ order: Int) {
        let monitor = PerformanceMonitor(time: self.time)
        for index in 0..<10_000 { monitor.record(.cpuUsage, Double([index, 9_999 - index, 5][order])) }
        let expected: Double = order == 2 ? 5 : 9_499
        #expect(self.read(monitor, .cpuUsage, .p95, 1).map(\.value) == [expected])
    }
}
