import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserMonitor
import PurserOperations
import Testing

#if os(Linux)
@Suite
struct MemoryTests {
    /// Everything full, in a process of its own, as other tests would be measured along.
    ///
    /// 120 metrics with rings as full as they get, tag sets, contexts and baselines; 100 kinds of operations with all they keep.
    @Test(.timeLimit(.minutes(5)))
    func everythingFullTakesAtMostTwentyMegabytes() async {
        await #expect(processExitsWith: .success) {
            try await withCatalog { (catalog) async throws in
                try await fillCaches(of: catalog)
                // Once on a small scale, so that code and the catalog's own memory are not measured along. What it
                // takes stays taken to the end: given back, it would be measured too little.
                let first = PerformanceMonitor(time: TestTime())
                fillOperations(OperationLedger(monitor: first), count: 10)
                await fillMetrics(
                    first,
                    TestTime(),
                    MetricHistory(monitor: first, catalog: catalog, logger: .silent),
                    1
                )
                let before = try residentBytes()

                let time = TestTime()
                let monitor = PerformanceMonitor(time: time)
                let ledger = OperationLedger(monitor: monitor)
                await fillMetrics(monitor, time, MetricHistory(monitor: monitor, catalog: catalog, logger: .silent), 24)
                let metrics = try residentBytes() - before
                fillOperations(ledger, count: 3_000)
                let all = try residentBytes() - before

                try #require(first.names().count > 100)
                // Proof that all was kept: less would mean that the test measured nothing.
                try #require(monitor.snapshot().metrics.map(\.samples).reduce(0, +) >= 345_000)
                try #require(monitor.counts.foldedTagSets > 0 && monitor.counts.droppedContexts > 0)
                try #require(monitor.counts.tooManyMetrics > 0 && monitor.counts.lostRollups == 0)
                try #require(ledger.latest().count == 1_000 && ledger.summaries().count == 101)
                try #require(all > 8_000_000, "metrics \(metrics), all \(all) bytes")
                try #require(all <= 20_000_000, "metrics \(metrics), all \(all) bytes")
            }
        }
    }
}

/// Fills the page caches of all connections, 2 MB each: they are the catalog's, not the monitor's.
///
/// In small portions, as memory that is given back would be taken again without being measured.
private func fillCaches(of catalog: Catalog) async throws {
    for portion in 0..<200 {
        let start = Date(timeIntervalSince1970: Double(portion * 3_000))
        let rows = (0..<50).map { minute in
            MetricRollup(
                metric: "other",
                period: .minute,
                start: start.addingTimeInterval(Double(minute * 60)),
                count: 1,
                sum: 1,
                min: 1,
                max: 1,
                histogram: [UInt8](repeating: 1, count: 1_000)
            )
        }
        try await catalog.append(rollups: rows)
        for _ in 0..<4 {  // the connections take turns
            _ = try catalog.rollups(metric: "other", from: start, to: .distantFuture, period: .minute, limit: 50)
        }
    }
}

/// Bytes of this process in RAM.
private func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4_096
}

private func fillMetrics(
    _ monitor: PerformanceMonitor,
    _ time: TestTime,
    _ history: MetricHistory,
    _ hours: Int
) async {
    for hour in 0..<hours {
        for number in 0..<420 {
            let spread = Double(hour * 420 + number + 1)
            for metric in BuiltInMetric.allCases {
                monitor.record(
                    metric,
                    spread * spread,
                    subject: metric.subjectTag == nil ? nil : "kind \(number % 100)"
                )
            }
            for user in 0..<105 where number < 90 || user < 20 {
                // What is refused is as much a part of the load.
                try? monitor.record(
                    MetricSample(
                        metric: "metric_\(user)",
                        value: spread * spread * 1_000,
                        tags: ["worker": "a value of some length, number \(number)"],
                        context: number % 10 == 0 ? ["file": String(repeating: "x", count: 500)] : [:]
                    )
                )
            }
        }
        time.advance(3_600)
        await history.flush()
    }
}

private func fillOperations(_ ledger: OperationLedger, count: Int) {
    for number in 0..<count {
        var report = OperationReport(
            id: OperationID(),
            kind: "kind \(number % 150)",
            name: "bucket/" + String(repeating: "k", count: 1_024),
            state: .failed,
            error: OperationSnapshot.Failure(code: "code_\(number)", message: String(repeating: "m", count: 2_000)),
            createdAt: TestTime.start,
            endedAt: TestTime.start,
            waited: .milliseconds(number * 7),
            held: .milliseconds(number * 11)
        )
        report.stages = [.queue: .seconds(1), .hash: .seconds(1), .disk: .seconds(1), .catalog: .seconds(1)]
        report.metadata = ["pages": "12"]
        ledger.record(report)
    }
}
#endif
