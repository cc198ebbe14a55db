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
    /// 120 metrics with full rings, tag sets, contexts and baselines; 100 kinds of operations with all they keep.
    @Test(.timeLimit(.minutes(5)))
    func everythingFullTakesAtMostTwentyMegabytes() async {
        await #expect(processExitsWith: .success) {
            try await withCatalog { (catalog) async throws in
                let before = try residentBytes()
                print("allocated", before)
                let time = TestTime()
                let monitor = PerformanceMonitor(time: time)
                let ledger = OperationLedger(monitor: monitor)
                await fillMetrics(monitor, time, MetricHistory(monitor: monitor, catalog: catalog, logger: .silent))
                print("allocated", try residentBytes() - before)
                fillOperations(ledger)
                let taken = try residentBytes() - before
                // Proof that all was kept: less would mean that the test measured nothing.
                try #require(monitor.snapshot().metrics.map(\.samples).reduce(0, +) >= 395_000)
                try #require(monitor.counts.foldedTagSets > 0 && monitor.counts.droppedContexts > 0)
                try #require(monitor.counts.tooManyMetrics > 0 && monitor.counts.lostRollups == 0)
                try #require(ledger.latest().count == 1_000 && ledger.summaries().count == 101)
                print("everything full: \(taken) bytes")
                try #require(taken > 8_000_000, "\(taken) bytes")
                try #require(taken <= 20_000_000, "\(taken) bytes")
            }
        }
    }
}

/// Bytes of this process in RAM.
private func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4_096
}

private func fillMetrics(_ monitor: PerformanceMonitor, _ time: TestTime, _ history: MetricHistory) async {
    for hour in 0..<24 {
        for number in 0..<420 {
            let spread = Double(hour * 420 + number + 1)
            for metric in BuiltInMetric.allCases {
                monitor.record(
                    metric,
                    spread * spread,
                    subject: metric.subjectTag == nil ? nil : "kind \(number % 100)"
                )
            }
            if number == 0 { print("hour", hour, (try? residentBytes()) ?? 0) }
            for user in 0..<105 where number < 90 {
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

private func fillOperations(_ ledger: OperationLedger) {
    for number in 0..<3_000 {
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
        report.stages = ["queue": .seconds(1), "hash": .seconds(1), "disk": .seconds(1), "catalog": .seconds(1)]
        report.metadata = ["pages": "12"]
        ledger.record(report)
    }
}
#endif
