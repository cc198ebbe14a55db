import Foundation
import PurserMonitor
import Testing

@Suite
struct UserMetricTests {
    private let time = TestTime()

    @Test
    func sampleIsKeptWhole() throws {
        let monitor = PerformanceMonitor(time: self.time)
        let sample = MetricSample(
            metric: "ocr.pages_per_minute",
            value: -12.5,
            tags: ["language": "de", "engine": "fast"],
            context: ["document": "42"],
            timestamp: TestTime.start.addingTimeInterval(-3_600.5)
        )
        try monitor.record(sample)
        #expect(monitor.samples(of: "ocr.pages_per_minute") == [sample])
        let summary = try #require(monitor.summary(of: "ocr.pages_per_minute"))
        #expect(summary.unit == .none)
        #expect(summary.p50 == -12.5)
        #expect(summary.lastAt == sample.timestamp)
    }

    @Test(arguments: [
        "", "Upper", "1st", "_x", "with space", "ü", "a-b", String(repeating: "a", count: 65), "a\u{0}b",
    ])
    func malformedNamesAreRefused(_ name: String) {
        self.expectRefusal(.invalidMetricName, MetricSample(metric: name, value: 1))
    }

    @Test
    func longestNameIsTaken() throws {
        let monitor = PerformanceMonitor(time: self.time)
        let name = "a" + String(repeating: "9", count: 63)
        try monitor.record(MetricSample(metric: name, value: 1))
        #expect(monitor.names().last == name)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e19, -1e19])
    func valuesBeyondNumbersAreRefused(_ value: Double) {
        self.expectRefusal(.invalidMetricValue, MetricSample(metric: "mine", value: value))
    }

    @Test(arguments: [-7 * 86_400.0 - 1, 301, -1e12, 1e12, .infinity, .nan])
    func timesFarAwayAreRefused(_ offset: Double) {
        let timestamp = TestTime.start.addingTimeInterval(offset)
        self.expectRefusal(.invalidTimestamp, MetricSample(metric: "mine", value: 1, timestamp: timestamp))
    }

    @Test(arguments: [-7 * 86_400.0, 300])
    func timesAtTheBoundsAreTaken(_ offset: Double) throws {
        let monitor = PerformanceMonitor(time: self.time)
        let timestamp = TestTime.start.addingTimeInterval(offset)
        try monitor.record(MetricSample(metric: "mine", value: 1, timestamp: timestamp))
        #expect(monitor.samples(of: "mine").map(\.timestamp) == [timestamp])
    }

    @Test(arguments: [
        Dictionary(uniqueKeysWithValues: (0..<9).map { ("t\($0)", "x") }),
        ["Upper": "x"], ["": "x"], ["ok": String(repeating: "x", count: 129)],
    ])
    func tagsOutOfBoundsAreRefused(_ tags: [String: String]) {
        self.expectRefusal(.invalidTags, MetricSample(metric: "mine", value: 1, tags: tags))
    }

    @Test
    func largeContextIsRefused() {
        let context = ["a": String(repeating: "x", count: 1_024)]
        self.expectRefusal(.contextTooLarge, MetricSample(metric: "mine", value: 1, context: context))
    }

    @Test
    func essentialMetricsMayBeRecordedByNameAndOthersNot() throws {
        let monitor = PerformanceMonitor(time: self.time)
        try monitor.record(MetricSample(metric: "search_response_time", value: 0.5))
        #expect(monitor.summary(of: "search_response_time")?.count == 1)
        self.expectRefusal(.reservedMetricName, MetricSample(metric: "disk_free_percent", value: 1))
        self.expectRefusal(.invalidMetricValue, MetricSample(metric: "search_response_time", value: -1))
    }

    @Test
    func metricsBeyondTheBoundAreRefusedAndCounted() throws {
        let monitor = PerformanceMonitor(time: self.time)
        var refused = 0
        for number in 0..<10_000 {
            do {
                try monitor.record(MetricSample(metric: "metric\(number)", value: 1))
            } catch {
                #expect(error.code == .tooManyMetrics)
                refused += 1
            }
        }
        #expect(refused == 9_900)
        #expect(monitor.counts.tooManyMetrics == 9_900)
        #expect(monitor.names().count == BuiltInMetric.allCases.count + 100)
        try monitor.record(MetricSample(metric: "metric99", value: 1))
        #expect(monitor.summary(of: "metric99")?.count == 2)
    }

    @Test
    func tagSetsBeyondTheBoundCountAsOther() throws {
        let monitor = PerformanceMonitor(time: self.time)
        for number in 0..<10_000 {
            try monitor.record(MetricSample(metric: "mine", value: 1, tags: ["user": "\(number)"]))
        }
        let tags = monitor.samples(of: "mine", limit: 10_000).map(\.tags)
        #expect(tags.count == 10_000)
        #expect(Set(tags).count == 1_001)
        #expect(tags.filter { $0 == ["other": "true"] }.count == 9_000)
        #expect(monitor.counts.foldedTagSets == 9_000)
        #expect(monitor.summary(of: "mine")?.count == 10_000)
    }

    @Test
    func subjectsBeyondTheBoundCountAsOther() {
        var configuration = MeasuringConfiguration()
        configuration.maxTagSets = 2
        let monitor = PerformanceMonitor(configuration, time: self.time)
        for kind in ["a", "b", "c", "d", "a"] { monitor.record(.queueWait, 1, subject: kind) }
        let readings = monitor.read(MetricQuery(metric: "queue_wait", aggregation: .count, window: .seconds(9)))
        #expect(
            Dictionary(uniqueKeysWithValues: readings.map { ($0.subject, $0.value) }) == ["a": 2, "b": 1, "other": 2]
        )
    }

    @Test
    func contextsGoBeforeTheirSamplesWhereThereAreMany() throws {
        let monitor = PerformanceMonitor(time: self.time)
        for number in 0..<100 {
            let context = ["number": String(repeating: "x", count: 500) + "\(number)"]
            try monitor.record(MetricSample(metric: "mine", value: Double(number), context: context))
        }
        let samples = monitor.samples(of: "mine")
        #expect(samples.count == 100)
        #expect(samples.first?.context["number"]?.hasSuffix("x99") == true)
        let kept = samples.filter { !$0.context.isEmpty }
        #expect((5...20).contains(kept.count))
        #expect(kept.map(\.value) == samples.prefix(kept.count).map(\.value))
        #expect(monitor.counts.droppedContexts == UInt64(100 - kept.count))
    }

    /// A refusal leaves nothing and is counted.
    private func expectRefusal(_ code: MonitorError.Code, _ sample: MetricSample) {
        let monitor = PerformanceMonitor(time: self.time)
        let error = #expect(throws: MonitorError.self) { try monitor.record(sample) }
        #expect(error?.code == code)
        #expect(monitor.counts.refusedSamples == 1)
        #expect(monitor.names().count == BuiltInMetric.allCases.count)
        #expect(monitor.samples(of: sample.metric).isEmpty)
    }
}
