import Foundation
import PurserIdentifiers
import PurserMonitor
import Testing

@Suite
struct AlertEventTests {
    @Test(arguments: EventAlert.allCases)
    func eventFiresAtOnceAndResolvesWhenItIsOver(_ kind: EventAlert) throws {
        var bench = AlertBench(rules: [])
        let event = AlertEvent(kind, subject: "s", message: "so it is", value: 2, threshold: 1)
        let firing = try #require(bench.engine.raise(event, at: .after(1)).notifications.first)
        #expect(firing.event == .firing)
        #expect(firing.alert.rule == kind.rawValue)
        #expect(firing.alert.severity == kind.severity)
        #expect(firing.alert.subject == "s")
        #expect(firing.alert.message == "so it is")
        #expect(firing.alert.value == 2)
        #expect(firing.alert.threshold == 1)
        let over = bench.engine.clear(kind.rawValue, subject: "s", because: "mended", at: .after(9))
        #expect(over.notifications.map(\.event) == [.resolved])
        #expect(over.notifications.first?.alert.changes.last?.reason == "mended")
        #expect(bench.states() == [.resolved])
        #expect(bench.engine.clear(kind.rawValue, subject: "s", at: .after(10)).notifications.isEmpty)
    }

    @Test
    func repetitionIsTheSameAlert() {
        var bench = AlertBench(rules: [])
        for second in 1...3 {
            let event = AlertEvent(.exportFailed, message: "attempt \(second)")
            let told = bench.engine.raise(event, at: .after(Double(second))).notifications
            #expect(told.count == (second == 1 ? 1 : 0))
        }
        let alerts = bench.engine.alerts()
        #expect(alerts.map(\.occurrences) == [3])
        #expect(alerts.map(\.message) == ["attempt 3"])
    }

    private func crossing(_ level: DurationLevel, kind: String = "process") -> AlertEvent {
        let crossing = DurationCrossing(
            operation: OperationID(),
            kind: kind,
            level: level,
            elapsed: .seconds(31),
            limit: .seconds(30),
            cancels: false
        )
        return AlertEvent(crossing)
    }

    @Test(arguments: [
        (DurationLevel.warning, "duration_warning", AlertSeverity.warning),
        (.critical, "duration_critical", .critical), (.maximum, "duration_maximum", .error),
    ])
    func durationIsAnAlertOfItsKind(_ level: DurationLevel, _ name: String, _ severity: AlertSeverity) {
        let event = self.crossing(level)
        #expect(event.name == name)
        #expect(event.severity == severity)
        #expect(event.subject == "process")
        #expect(event.value == 31)
        #expect(event.threshold == 30)
    }

    @Test
    func durationResolvesOnceItHasNotHappenedForFiveMinutes() {
        var bench = AlertBench(rules: [])
        bench.now = .after(0)
        #expect(bench.engine.raise(self.crossing(.maximum), at: bench.now).notifications.count == 1)
        #expect(bench.run(seconds: 200).isEmpty)
        #expect(bench.engine.raise(self.crossing(.maximum), at: bench.now).notifications.isEmpty)
        #expect(bench.run(seconds: 295).isEmpty)
        #expect(bench.step().notifications.map(\.event) == [.resolved])
    }

    @Test
    func eventResolvedByHandStaysSoUntilItIsOver() throws {
        var bench = AlertBench { $0.notifyInterval = .zero }
        let event = AlertEvent(.memoryWarning, message: "much")
        let id = try #require(bench.engine.raise(event, at: .after(1)).notifications.first?.alert.id)
        _ = try bench.engine.resolve(id, because: "known", at: .after(2))
        #expect(bench.engine.raise(event, at: .after(3)).notifications.isEmpty)
        _ = bench.engine.clear(event.name, at: .after(4))
        #expect(bench.engine.raise(event, at: .after(5)).notifications.map(\.event) == [.firing])
    }

    @Test
    func everyDamageIsANewHappening() throws {
        var bench = AlertBench { $0.notifyInterval = .zero }
        let event = AlertEvent(.contentDamaged, message: "damaged")
        let id = try #require(bench.engine.raise(event, at: .after(1)).notifications.first?.alert.id)
        _ = try bench.engine.resolve(id, because: "restored", at: .after(2))
        #expect(bench.engine.raise(event, at: .after(3)).notifications.map(\.event) == [.firing])
    }

    @Test
    func figuresThatAreNoNumbersAreLeftOut() {
        var bench = AlertBench(rules: [])
        let event = AlertEvent(.memoryWarning, message: "much", value: .nan, threshold: .infinity)
        let alert = bench.engine.raise(event, at: .after(1)).notifications.first?.alert
        #expect(alert?.value == nil)
        #expect(alert?.threshold == nil)
    }
}
