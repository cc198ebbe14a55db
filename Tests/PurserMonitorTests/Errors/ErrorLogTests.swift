import Foundation
import Logging
import PurserIdentifiers
import PurserMonitor
import PurserOperations
import Testing

@Suite
struct ErrorLogTests {
    private let log = ErrorLog(logger: .unheard)

    private func record(_ code: String, _ severity: ErrorSeverity? = nil, at second: Double = 0) {
        self.log.record(ErrorEntry(code: code, message: "no", severity: severity, time: .after(second)))
    }

    @Test(arguments: [
        ("file_not_found", ErrorSeverity.low), ("rate_limited", .low), ("operation_timed_out", .medium),
        ("store_full", .high), ("internal", .high), ("never_heard_of", .high), ("read_only", .critical),
        ("content_damaged", .critical), ("fsync_failed", .critical),
    ])
    func severityFollowsFromTheCode(_ code: String, _ severity: ErrorSeverity) {
        let entry = ErrorEntry(code: code, message: "no", time: .after(0))
        #expect(entry.severity == severity)
        #expect(entry.isRecoverable == (severity != .critical))
    }

    /// A client's mistake must never be `high` for want of an entry in the table.
    @Test(arguments: OperationError.Code.allCases)
    func refusalsAreNotHigh(_ code: OperationError.Code) {
        let severity = ErrorSeverity(code: code.rawValue)
        #expect(code == .storeFull ? severity == .high : severity < .high)
    }

    @Test
    func failedOperationIsAnEntry() throws {
        var report = OperationReport.ended(
            kind: "upload",
            state: .failed,
            error: .init(code: "io_error", message: "the disk failed")
        )
        report.metadata = ["attempt": "2"]
        let entry = try #require(self.log.record(report))
        #expect(entry.code == "io_error")
        #expect(entry.message == "the disk failed")
        #expect(entry.kind == "upload")
        #expect(entry.operation == report.id)
        #expect(entry.context == ["attempt": "2", "name": "a file", "client": "local"])
        #expect(entry.time == report.endedAt)
        #expect(entry.recovery == .unhandled)
        #expect(self.log.entries() == [entry])
    }

    @Test(arguments: [OperationState.succeeded, .cancelled])
    func whatDidNotFailIsNoEntry(_ state: OperationState) {
        #expect(self.log.record(.ended(state: state, error: .init(code: "x", message: ""))) == nil)
        #expect(self.log.entries().isEmpty)
    }

    @Test
    func lastThousandAreRememberedAndAllAreCounted() {
        for number in 0..<1_500 { self.record("code_\(number % 3)", at: Double(number)) }
        let entries = self.log.entries()
        #expect(entries.map(\.id) == (501...1_500).reversed())
        let figures = self.log.figures(at: .after(1_500))
        #expect(figures.total == 1_500)
        #expect(figures.byCode == ["code_0": 500, "code_1": 500, "code_2": 500])
        #expect(figures.bySeverity == [.high: 1_500])
    }

    @Test
    func filtersAgreeWithEachOther() {
        self.record("a", .low)
        self.record("a", .critical)
        self.record("b", .critical)
        #expect(self.log.entries(code: "a").map(\.id) == [2, 1])
        #expect(self.log.entries(severity: .critical).map(\.id) == [3, 2])
        #expect(self.log.entries(code: "a", severity: .critical).map(\.id) == [2])
        #expect(self.log.entries(code: "c").isEmpty)
        #expect(self.log.entries(limit: 1).map(\.id) == [3])
    }

    @Test
    func codesAreBounded() {
        for number in 0..<10_000 { self.record("code_\(number)") }
        let figures = self.log.figures(at: .after(0))
        #expect(figures.byCode.count == ErrorLog.codeLimit + 1)
        #expect(figures.byCode["other"] == 10_000 - ErrorLog.codeLimit)
    }

    @Test
    func textsAreBounded() {
        let context = Dictionary(uniqueKeysWithValues: (0..<100).map { ("\($0)", String(repeating: "é", count: 999)) })
        let entry = ErrorEntry(
            code: String(repeating: "c", count: 100),
            message: String(repeating: "🙂", count: 1_000),
            context: context,
            time: .after(0)
        )
        #expect(entry.code.utf8.count == 64)
        #expect(entry.message.utf8.count == 1_000)
        #expect(entry.context.count == 16)
        #expect(entry.context.values.allSatisfy { $0.utf8.count == 256 })
    }

    @Test
    func rateIsThatOfTheLastFiveMinutes() {
        for second in 0..<600 { self.record("a", at: Double(second)) }
        #expect(self.log.figures(at: .after(599)).perMinute == 60)
        #expect(self.log.figures(at: .after(749)).perMinute == 30)
        #expect(self.log.figures(at: .after(2_000)).perMinute == 0)
    }

    @Test
    func rateSurvivesAClockThatGoesBack() {
        self.record("a", at: 1_000)
        self.record("a", at: -100_000)
        #expect(self.log.figures(at: .after(1_000)).perMinute == 0.4)
    }

    @Test
    func recoveredErrorsMakeTheRate() {
        #expect(self.log.figures(at: .after(0)).recoveryRatePercent == nil)
        self.record("a")
        self.log.record(ErrorEntry(code: "a", message: "", time: .after(0), isRecovered: true))
        let figures = self.log.figures(at: .after(0))
        #expect(figures.recovered == 1)
        #expect(figures.unhandled == 1)
        #expect(figures.recoveryRatePercent == 50)
    }
}
