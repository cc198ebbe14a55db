import Foundation
import PurserMonitor
import Testing

@Suite
struct AlertTellingTests {
    private func bench(_ change: (inout AlertConfiguration) -> Void) -> AlertBench {
        var bench = AlertBench { configuration in
            configuration.rules = [.sample()]
            configuration.notifyInterval = .zero
            change(&configuration)
        }
        bench.set("m", 11)
        return bench
    }

    @Test
    func maintenanceKeepsQuietUntilItIsOver() {
        var bench = self.bench { configuration in
            configuration.maintenance = [.init(name: "upgrade", from: .after(0), to: .after(60))]
        }
        #expect(bench.run(seconds: 55).isEmpty)
        let alerts = bench.engine.alerts()
        #expect(alerts.map(\.state) == [.firing])
        #expect(alerts.map(\.suppressedBy) == ["maintenance:upgrade"])
        #expect(bench.engine.currentFigures.suppressed == 1)
        #expect(bench.step().notifications.map(\.event) == [.firing])
        #expect(bench.engine.alerts().map(\.suppressedBy) == [nil])
    }

    @Test
    func alertThatEndsWithinMaintenanceIsNeverTold() {
        var bench = self.bench { configuration in
            configuration.maintenance = [.init(name: "upgrade", from: .after(0), to: .after(60))]
        }
        bench.step()
        bench.set("m", 0)
        #expect(bench.run(seconds: 300).isEmpty)
        #expect(bench.states() == [.resolved])
    }

    @Test(
        arguments: [
            (["sample"], [AlertSeverity.warning], 0), (["other"], [], 1), ([], [.critical], 1),
            (["sample"], [.info], 1),
        ] as [([String], [AlertSeverity], Int)]
    )
    func maintenanceIsOfItsRulesAndSeverities(_ rules: [String], _ severities: [AlertSeverity], _ told: Int) {
        var bench = self.bench { _ in }
        let window = MaintenanceWindow(
            name: "x",
            from: .after(0),
            to: .after(60),
            rules: Set(rules),
            severities: Set(severities)
        )
        let isAdded = bench.engine.add(window, at: .after(0))
        #expect(isAdded)
        #expect(bench.step().notifications.count == told)
    }

    @Test
    func maintenanceWindowsAreBounded() {
        var bench = self.bench { _ in }
        for number in 0..<100 {
            let window = MaintenanceWindow(name: "\(number)", from: .after(0), to: .after(10))
            let isAdded = bench.engine.add(window, at: .after(0))
            #expect(isAdded)
        }
        let late = MaintenanceWindow(name: "late", from: .after(0), to: .after(99))
        let whileFull = bench.engine.add(late, at: .after(0))
        #expect(!whileFull)
        let afterwards = bench.engine.add(late, at: .after(10))
        #expect(afterwards)
    }

    /// The lesser one is told when it is left alone.
    @Test
    func moreSevereOneOfTheFamilySpeaksForAll() {
        var bench = AlertBench(rules: [
            .sample("low", threshold: 10, family: "f"),
            .sample("high", severity: .critical, threshold: 20, family: "f"),
        ])
        bench.set("m", 30, subject: "a")
        bench.set("m", 15, subject: "b")
        let told = bench.step().notifications.map { "\($0.alert.rule) \($0.alert.subject)" }
        #expect(told == ["high a", "low b"])
        bench.set("m", 15, subject: "a")
        let later = bench.step().notifications
        #expect(later.map { "\($0.event) \($0.alert.rule)" } == ["resolved high", "firing low"])
    }

    @Test
    func ofEqualSeverityTheHigherDegreeSpeaks() {
        var bench = AlertBench(rules: [])
        _ = bench.engine.raise(AlertEvent(.memoryCritical, message: "3 GB"), at: .after(1))
        let told = bench.engine.raise(AlertEvent(.memoryExhausted, message: "4 GB"), at: .after(2)).notifications
        #expect(told.map(\.alert.rule) == ["memory_exhausted"])
        let critical = bench.engine.alerts().first { $0.rule == "memory_critical" }
        #expect(critical?.suppressedBy == "alert:memory_exhausted")
    }

    @Test
    func operationOverItsMaximumIsToldBesideTheCriticalOne() {
        var bench = AlertBench(rules: [])
        let critical = AlertEvent(.durationCritical, subject: "process", message: "25 s")
        let maximum = AlertEvent(.durationMaximum, subject: "process", message: "30 s")
        #expect(bench.engine.raise(critical, at: .after(1)).notifications.count == 1)
        #expect(bench.engine.raise(maximum, at: .after(2)).notifications.map(\.alert.rule) == ["duration_maximum"])
    }

    /// Five changes a minute, one alert in five.
    @Test
    func flutteringAlertIsToldOnceInTheInterval() {
        var bench = self.bench { $0.notifyInterval = .seconds(300) }
        var told: [AlertNotification] = []
        for _ in 0..<50 {
            bench.set("m", 11)
            told += bench.step(6).notifications
            bench.set("m", 0)
            told += bench.step(6).notifications
        }
        #expect(told.map(\.event) == [.firing, .resolved, .firing, .resolved])
        #expect(bench.engine.currentFigures.fired == 50)
    }

    @Test
    func delayedAlertIsToldWhenItsTimeHasCome() {
        var bench = self.bench { $0.notifyInterval = .seconds(300) }
        #expect(bench.step().notifications.map(\.event) == [.firing])
        bench.set("m", 0)
        #expect(bench.step().notifications.map(\.event) == [.resolved])
        bench.set("m", 11)
        #expect(bench.run(seconds: 290).isEmpty)
        #expect(bench.step().notifications.map(\.event) == [.firing])
    }

    @Test
    func stormIsToldAFewAtATimeTheGravestFirst() {
        var bench = AlertBench { configuration in
            configuration.rules = [.sample("mild"), .sample("grave", severity: .critical)]
            configuration.notificationsPerMinute = 12
        }
        for subject in 0..<12 { bench.set("m", 11, subject: "\(subject)") }
        let first = bench.step().notifications
        #expect(first.count == 12)
        #expect(first.allSatisfy { $0.alert.rule == "grave" })
        #expect(bench.step(30).notifications.count == 6)
        #expect(bench.step(30).notifications.count == 6)
        #expect(bench.run(seconds: 600).isEmpty)
        #expect(bench.engine.currentFigures.delayed == 12 + 6)
    }
}
