import Foundation
import PurserIdentifiers
import PurserMonitor
import PurserOperations
import Testing

@Suite
struct DurationThresholdsTests {
    @Test(arguments: [
        ("process", 20.0, 25.0, 30.0), ("tier1", 2, 2.5, 3), ("tier2", 5, 6.25, 7.5), ("tier3", 15, 18.75, 22.5),
        ("classification", 1, 1.25, 1.5), ("optimization", 0.5, 0.625, 0.75), ("anything else", 10, 12.5, 15),
    ])
    func kindsHaveTheirLimits(_ kind: String, _ warning: Double, _ critical: Double, _ maximum: Double) {
        let limits = DurationThresholds().limits(of: kind)
        #expect(limits.warning == .seconds(warning))
        #expect(limits.critical == .seconds(critical))
        #expect(limits.maximum == .seconds(maximum))
        #expect(!limits.cancelsAtMaximum)
    }

    @Test(arguments: [
        (10.0, DurationLevel?.none), (10.001, .warning), (12.5, .warning), (12.6, .critical), (15, .critical),
        (15.1, .maximum),
    ])
    func levelIsTheHighestLimitThatWasPassed(_ seconds: Double, _ level: DurationLevel?) {
        #expect(DurationThresholds().limits(of: "copy").level(of: .seconds(seconds)) == level)
    }

    @Test
    func transferIsJudgedWithoutTheTimeOfItsClient() {
        let thresholds = DurationThresholds()
        let stages: OperationStages = [.queue: .seconds(3_000), .hash: .seconds(1), .disk: .seconds(2)]
        let judged = thresholds.judgedTime(of: "upload", held: .seconds(3_003), stages: stages)
        #expect(judged == .seconds(3))
        #expect(thresholds.judgedTime(of: "download", held: .seconds(2), stages: stages) == .seconds(2))
        #expect(thresholds.judgedTime(of: "upload", held: .seconds(3_003), stages: [:]) == nil)
        #expect(thresholds.judgedTime(of: "process", held: .seconds(40), stages: stages) == .seconds(40))
    }

    @Test
    func transferOfManyBytesMayTakeLonger() {
        let thresholds = DurationThresholds()
        #expect(thresholds.limits(of: "upload", bytes: 5_000_000).warning == .seconds(15))
        #expect(thresholds.limits(of: "process", bytes: 5_000_000).warning == .seconds(20))
    }

    @Test
    func ratioIsOneAtTheLimit() {
        var report = OperationReport.ended(kind: "process", held: .seconds(20))
        #expect(DurationThresholds().ratio(of: report) == 1)
        report.held = .seconds(30)
        #expect(DurationThresholds().ratio(of: report) == 1.5)
        report.isRefused = true
        #expect(DurationThresholds().ratio(of: report) == nil)
    }

    @Test
    func impossibleLimitsAreNamed() {
        var thresholds = DurationThresholds()
        #expect(thresholds.problems().isEmpty)
        thresholds.kinds["process"] = DurationLimits(warning: .zero, critical: .seconds(3), maximum: .seconds(2))
        thresholds.standard.critical = .seconds(1)
        thresholds.transferRate = 0
        #expect(
            thresholds.problems().map(\.key) == [
                "monitor.thresholds.process.warning", "monitor.thresholds.process.maximum",
                "monitor.thresholds.default.critical", "monitor.thresholds.transfer_rate",
            ]
        )
    }
}

extension OperationReport {
    /// The report of an operation that held its slot for so long.
    static func ended(
        id: OperationID = OperationID(),
        kind: String = "process",
        state: OperationState = .succeeded,
        held: Duration = .seconds(1),
        error: OperationSnapshot.Failure? = nil
    ) -> OperationReport {
        OperationReport(
            id: id,
            kind: kind,
            name: "a file",
            state: state,
            error: error,
            createdAt: .after(0),
            endedAt: .after(60),
            waited: .zero,
            held: held
        )
    }
}

extension Date {
    static func after(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_700_000_000 + seconds) }
}
