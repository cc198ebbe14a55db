import PurserMonitor
import PurserOperations
import PurserTestSupport
import Testing

@Suite
struct MonitoredOperationTests {
    private let time = TestTime()
    private let clock = StepClock()

    private func ledger() -> OperationLedger {
        OperationLedger(monitor: PerformanceMonitor(time: self.time), uptime: self.clock)
    }

    @Test
    func workIsMeasured() async throws {
        let ledger = self.ledger()
        let value = await ledger.withMonitoredOperation("index", metadata: ["pages": "3"]) {
            self.clock.advance(by: .seconds(3))
            return 42
        }
        #expect(value == 42)
        let summary = try #require(ledger.summary(of: "index"))
        #expect(summary.succeeded == 1)
        #expect(summary.duration.sum == 3)
        let report = try #require(ledger.latest().first)
        #expect(report.metadata == ["pages": "3"])
        #expect(report.held == .seconds(3))
        #expect(report.createdAt == self.time.now)
        #expect(ledger.monitor.samples(of: "response_time").map(\.value) == [3])
    }

    private struct Oops: Error {}

    @Test
    func errorIsCountedAndThrownOn() async throws {
        let ledger = self.ledger()
        await #expect(throws: Oops.self) {
            try await ledger.withMonitoredOperation("index") { throw Oops() }
        }
        await #expect(throws: CancellationError.self) {
            try await ledger.withMonitoredOperation("index") { throw CancellationError() }
        }
        let refusal = OperationError(.storeFull, "the disk is full")
        await #expect(throws: OperationError.self) {
            try await ledger.withMonitoredOperation("index") { throw refusal }
        }
        let summary = try #require(ledger.summary(of: "index"))
        #expect(summary.failed == 2)
        #expect(summary.cancelled == 1)
        #expect(summary.errors.map(\.code).sorted() == ["internal", "operation_cancelled", "store_full"])
    }

    @Test
    func startAndEndMeasureToo() throws {
        let ledger = self.ledger()
        let first = try ledger.startOperation("import")
        let second = try ledger.startOperation("import")
        #expect(ledger.openOperations == 2)
        self.clock.advance(by: .seconds(5))
        try ledger.endOperation(first)
        try ledger.endOperation(second, error: OperationError(.operationTimedOut, "too slow"))
        #expect(ledger.openOperations == 0)
        let summary = try #require(ledger.summary(of: "import"))
        #expect(summary.succeeded == 1)
        #expect(summary.timedOut == 1)
        #expect(summary.duration.sum == 10)
        #expect(ledger.latest().map(\.id) == [second.operation, first.operation])
    }

    @Test
    func endingTwiceIsAnError() throws {
        let ledger = self.ledger()
        let id = try ledger.startOperation("import")
        try ledger.endOperation(id)
        let error = #expect(throws: MonitorError.self) { try ledger.endOperation(id) }
        #expect(error?.code == .operationNotOpen)
        #expect(ledger.summary(of: "import")?.count == 1)
        let stranger = try self.ledger().startOperation("import")
        let second = #expect(throws: MonitorError.self) { try ledger.endOperation(stranger) }
        #expect(second?.code == .operationNotOpen)
    }

    @Test
    func openOnesAreBounded() throws {
        let ledger = self.ledger()
        let ids = try (0..<1_000).map { _ in try ledger.startOperation("import") }
        let error = #expect(throws: MonitorError.self) { try ledger.startOperation("import") }
        #expect(error?.code == .tooManyOpenOperations)
        try ledger.endOperation(ids[500])
        _ = try ledger.startOperation("import")
        #expect(ledger.openOperations == 1_000)
    }
}
