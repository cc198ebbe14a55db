import Foundation
import PurserIdentifiers
import PurserMonitor
import PurserOperations
import Testing

@Suite
struct OperationLedgerTests {
    private let time = TestTime()

    private func report(
        _ kind: String = "upload",
        _ state: OperationState = .succeeded,
        isRefused: Bool = false,
        error: String? = nil,
        waited: Duration = .milliseconds(500),
        held: Duration = .seconds(2),
        bytes: Int64 = 0
    ) -> OperationReport {
        var report = OperationReport(
            id: OperationID(),
            kind: kind,
            name: "a name",
            state: state,
            isRefused: isRefused,
            error: error.map { OperationSnapshot.Failure(code: $0, message: "about \($0)") },
            createdAt: self.time.now,
            endedAt: self.time.now,
            waited: waited,
            held: held
        )
        report.bytes = bytes
        return report
    }

    private func values(_ monitor: PerformanceMonitor, _ metric: BuiltInMetric) -> [Double] {
        monitor.samples(of: metric.rawValue).map(\.value)
    }

    @Test
    func endsAreCountedByKind() throws {
        let ledger = OperationLedger(monitor: PerformanceMonitor(time: self.time))
        for _ in 0..<5 { ledger.record(self.report(bytes: 1_000)) }
        ledger.record(self.report("upload", .failed, error: "store_full"))
        ledger.record(self.report("upload", .timedOut, error: "operation_timed_out"))
        ledger.record(self.report("upload", .cancelled, error: "operation_cancelled"))
        ledger.record(self.report("upload", .failed, isRefused: true, error: "queue_full", held: .zero))
        ledger.record(self.report("delete"))
        let upload = try #require(ledger.summary(of: "upload"))
        #expect(upload.count == 9)
        #expect(upload.succeeded == 5)
        #expect(upload.failed == 1)
        #expect(upload.timedOut == 1)
        #expect(upload.cancelled == 1)
        #expect(upload.refused == 1)
        #expect(upload.bytes == 5_000)
        #expect(upload.bytesPerSecond == 500)
        #expect(upload.successRatePercent == 100 * 5 / 7.0)
        #expect(upload.duration.count == 8)
        #expect(upload.duration.sum == 16)
        #expect(upload.wait.count == 8)
        #expect(upload.wait.mean == 0.5)
        #expect(ledger.summaries().map(\.kind) == ["delete", "upload"])
        #expect(ledger.summary(of: "copy") == nil)
    }

    @Test
    func durationsHavePercentiles() throws {
        let ledger = OperationLedger(monitor: PerformanceMonitor(time: self.time))
        for number in 1...1_000 { ledger.record(self.report(held: .milliseconds(number))) }
        let duration = try #require(ledger.summary(of: "upload")).duration
        #expect(duration.count == 1_000)
        #expect(abs(duration.mean - 0.5005) < 1e-9)
        for (found, exact) in [(duration.p50, 0.5), (duration.p90, 0.9), (duration.p95, 0.95), (duration.p99, 0.99)] {
            #expect(abs(found - exact) <= exact / 100)
        }
        #expect(duration.max == 1)
    }

    @Test
    func errorsAreCountedByCodeWithTheLastMessage() throws {
        let ledger = OperationLedger(monitor: PerformanceMonitor(time: self.time))
        ledger.record(self.report("upload", .failed, error: "store_full"))
        for number in 0..<3 {
            self.time.advance(1)
            var report = self.report("upload", .failed, error: "digest_mismatch")
            report.error?.message = "number \(number)" + String(repeating: "!", count: 1_000)
            ledger.record(report)
        }
        let errors = try #require(ledger.summary(of: "upload")).errors
        #expect(errors.map(\.code) == ["digest_mismatch", "store_full"])
        #expect(errors.map(\.count) == [3, 1])
        #expect(errors[0].lastMessage.hasPrefix("number 2"))
        #expect(errors[0].lastMessage.count == 500)
        #expect(errors[0].lastAt == self.time.now)
    }

    @Test
    func codesAndKindsAreBounded() throws {
        let monitor = PerformanceMonitor(time: self.time)
        let ledger = OperationLedger(monitor: monitor)
        for number in 0..<200 { ledger.record(self.report("upload", .failed, error: "code_\(number)")) }
        let errors = try #require(ledger.summary(of: "upload")).errors
        #expect(errors.count == 65)
        #expect(errors.first?.code == "other")
        #expect(errors.first?.count == 136)

        for number in 0..<300 { ledger.record(self.report("kind \(number)")) }
        #expect(ledger.summaries().count == 101)
        #expect(ledger.summary(of: "other")?.count == 201)
        let query = MetricQuery(metric: "response_time", aggregation: .count, window: .seconds(1))
        let readings = monitor.read(query)
        #expect(readings.count == 101)
        #expect(readings.first { $0.subject == "other" }?.value == 201)
    }

    @Test
    func lastAndSlowestAreRemembered() {
        var configuration = MeasuringConfiguration()
        configuration.rememberedOperations = 50
        let ledger = OperationLedger(monitor: PerformanceMonitor(configuration, time: self.time))
        for number in 0..<300 {
            ledger.record(self.report(number % 2 == 0 ? "upload" : "delete", held: .seconds((number * 7) % 300)))
        }
        #expect(ledger.latest().count == 50)
        #expect(ledger.latest(3).map(\.kind) == ["delete", "upload", "delete"])
        #expect(ledger.latest(kind: "upload").count == 25)
        #expect(ledger.latest().first?.held == .seconds((299 * 7) % 300))
        #expect(ledger.slowest().map(\.held) == (280..<300).reversed().map { .seconds($0) })
    }

    @Test
    func textsAreCut() throws {
        let ledger = OperationLedger(monitor: PerformanceMonitor(time: self.time))
        var report = self.report()
        report.name = String(repeating: "n", count: 5_000)
        report.client = String(repeating: "c", count: 5_000)
        report.metadata = Dictionary(
            uniqueKeysWithValues: (0..<40).map { ("\($0)", String(repeating: "v", count: 999)) }
        )
        ledger.record(report)
        let kept = try #require(ledger.latest().first)
        #expect(kept.name.count == 256)
        #expect(kept.client.count == 256)
        #expect(kept.metadata.count == 16)
        #expect(kept.metadata.values.allSatisfy { $0.count == 256 })
    }

    @Test
    func endsBecomeSamples() {
        let monitor = PerformanceMonitor(time: self.time)
        let ledger = OperationLedger(monitor: monitor, durationRatio: { $0.kind == "list" ? 0.5 : nil })
        ledger.record(self.report("list"))
        ledger.record(self.report("process", .failed, error: "internal", held: .seconds(4)))
        ledger.record(self.report("delete", .cancelled, held: .zero))
        ledger.record(self.report("delete", .failed, isRefused: true, error: "queue_full", held: .zero))
        ledger.record(self.report("delete", .failed, isRefused: true, error: "wait_expired", waited: .seconds(30)))
        #expect(self.values(monitor, .responseTime) == [0.5, 4.5, 2.5])
        #expect(self.values(monitor, .queueWait) == [30, 0.5, 0.5, 0.5])
        #expect(self.values(monitor, .searchResponseTime) == [2.5])
        #expect(self.values(monitor, .documentProcessingTime) == [4.5])
        #expect(self.values(monitor, .errorRate) == [100, 0])
        #expect(self.values(monitor, .durationThresholdRatio) == [0.5])
        #expect(monitor.samples(of: "response_time").map(\.tags) == ["delete", "process", "list"].map { ["kind": $0] })
    }

    @Test
    func onlyTransfersOfSomeSizeTellTheDisksThroughput() {
        let monitor = PerformanceMonitor(time: self.time)
        let ledger = OperationLedger(monitor: monitor)
        for (kind, bytes) in [("upload", 1 << 20), ("download", 3 << 20), ("copy", 1 << 20), ("upload", 1_000)] {
            var report = self.report(kind, bytes: Int64(bytes))
            report.stages[.disk] = .milliseconds(500)
            ledger.record(report)
        }
        ledger.record(self.report("upload", bytes: 1 << 20))  // never touched the disk
        #expect(self.values(monitor, .transferThroughput) == [Double(6 << 20), Double(2 << 20)])
    }

    @Test
    func resourcesAreSummed() throws {
        let ledger = OperationLedger(monitor: PerformanceMonitor(time: self.time))
        #expect(ledger.summary(of: "process")?.cpuSeconds == nil)
        for megabytes in [5, 9, 7] {
            var report = self.report("process")
            report.cpuTime = .milliseconds(250)
            report.memoryReserved = megabytes << 20
            report.childrenMaxResidentBytes = Int64(megabytes) << 22
            ledger.record(report)
        }
        let summary = try #require(ledger.summary(of: "process"))
        #expect(summary.cpuSeconds == 0.75)
        #expect(summary.highestMemoryReserved == 9 << 20)
        #expect(summary.highestChildResidentBytes == 9 << 22)
    }

    @Test
    func nothingIsCountedWhereTheMonitorIsOff() {
        var configuration = MeasuringConfiguration()
        configuration.isEnabled = false
        let ledger = OperationLedger(monitor: PerformanceMonitor(configuration, time: self.time))
        ledger.record(self.report())
        #expect(ledger.summaries().isEmpty)
        #expect(ledger.latest().isEmpty)
    }
}
