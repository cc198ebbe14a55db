import Foundation
import PurserMonitor
import Testing

@Suite
struct AlertStateTests {
    @Test
    func alertWaitsThenFiresThenResolves() throws {
        var bench = AlertBench(rules: [.sample(wait: 20)])
        bench.set("m", 11)
        #expect(bench.step().notifications.isEmpty)
        #expect(bench.states() == [.pending])
        #expect(bench.run(seconds: 15).isEmpty)
        let firing = try #require(bench.step().notifications.first)
        #expect(firing.event == .firing)
        #expect(firing.alert.startedAt == .after(5))
        #expect(firing.alert.firedAt == .after(25))
        #expect(firing.alert.value == 11)
        #expect(firing.alert.threshold == 10)
        bench.set("m", 10)
        let resolved = try #require(bench.step().notifications.first)
        #expect(resolved.event == .resolved)
        #expect(resolved.alert.id == firing.alert.id)
        #expect(resolved.alert.resolvedAt == .after(30))
        #expect(resolved.alert.value == 10)
        #expect(resolved.alert.changes.map(\.state) == [.pending, .firing, .resolved])
        #expect(resolved.alert.changes.map(\.at) == [.after(5), .after(25), .after(30)])
        #expect(resolved.alert.changes.allSatisfy { $0.reason.contains("mean of m") })
    }

    @Test
    func pendingAlertDisappearsAndItsWaitBeginsAnew() {
        var bench = AlertBench(rules: [.sample(wait: 20)])
        bench.set("m", 11)
        _ = bench.run(seconds: 15)
        bench.set("m", 9)
        #expect(bench.step().changed.isEmpty)
        #expect(bench.states().isEmpty)
        bench.set("m", 11)
        #expect(bench.run(seconds: 20).isEmpty)
        #expect(bench.states() == [.pending])
        #expect(bench.step().notifications.map(\.event) == [.firing])
    }

    @Test
    func shortEndIsBridged() {
        var bench = AlertBench(rules: [.sample(keepFiring: 20)])
        bench.set("m", 11)
        let id = bench.step().notifications.first?.alert.id
        for _ in 0..<3 {
            bench.set("m", 9)
            #expect(bench.run(seconds: 20).isEmpty)
            bench.set("m", 11)
            #expect(bench.step().notifications.isEmpty)
        }
        #expect(bench.engine.alerts().map(\.id) == [id])
        bench.set("m", 9)
        #expect(bench.run(seconds: 20).isEmpty)
        #expect(bench.step().notifications.map(\.event) == [.resolved])
    }

    @Test
    func absenceOfFiguresResolves() {
        var bench = AlertBench(rules: [.sample()])
        bench.set("m", 11)
        bench.step()
        bench.readings = [:]
        let resolved = bench.step().notifications.first
        #expect(resolved?.event == .resolved)
        #expect(resolved?.alert.changes.last?.reason == "nothing was measured")
    }

    @Test(arguments: [(19, 0), (20, 1)])
    func tooFewSamplesAreNotJudged(_ samples: Int, _ alerts: Int) {
        var bench = AlertBench(rules: [.sample(minimumSamples: 20)])
        bench.set("m", 11, samples: samples)
        #expect(bench.step().notifications.count == alerts)
    }

    @Test(arguments: [Double.nan, .infinity])
    func figuresThatAreNoNumbersAreNotJudged(_ value: Double) {
        var bench = AlertBench(rules: [.sample()])
        bench.set("m", value)
        #expect(bench.step().notifications.isEmpty)
        #expect(bench.states().isEmpty)
    }

    @Test
    func thereIsOneAlertForARuleAndSubject() {
        var bench = AlertBench(rules: [.sample("a"), .sample("b")])
        bench.set("m", 11, subject: "upload")
        bench.set("m", 12, subject: "download")
        bench.set("m", 9, subject: "copy")
        let told = bench.run(seconds: 100)
        let alerts = told.map { "\($0.alert.rule) \($0.alert.subject)" }
        #expect(alerts.sorted() == ["a download", "a upload", "b download", "b upload"])
        bench.set("m", 9, subject: "upload")
        #expect(Set(bench.step().notifications.map(\.alert.subject)) == ["upload"])
    }

    @Test
    func ruleOfOneSubjectPassesTheOthersOver() {
        var bench = AlertBench(rules: [.sample(subject: "upload")])
        bench.set("m", 11, subject: "upload")
        bench.set("m", 11, subject: "download")
        #expect(bench.step().notifications.map(\.alert.subject) == ["upload"])
    }

    @Test
    func sameQuestionIsAskedOnce() {
        var bench = AlertBench(rules: (0..<50).map { .sample("rule_\($0)") })
        bench.step()
        #expect(bench.asked == 1)
    }

    @Test
    func clockThatGoesBackDoesNoHarm() {
        var bench = AlertBench(rules: [.sample(wait: 10)])
        bench.set("m", 11)
        bench.step()
        #expect(bench.step(-3_600).notifications.isEmpty)
        #expect(bench.states() == [.pending])
        #expect(bench.step(3_700).notifications.map(\.event) == [.firing])
    }

    @Test
    func openAlertsAreBounded() {
        var bench = AlertBench { configuration in
            configuration.rules = [.sample()]
            configuration.openLimit = 1_000
        }
        for subject in 0..<1_500 {
            bench.readings["m", default: []].append(.init(subject: "\(subject)", value: 11, samples: 1))
        }
        bench.step()
        #expect(bench.states().count == 1_000)
        #expect(bench.engine.currentFigures.dropped == 500)
    }

    @Test
    func resolvedAlertsAreBounded() {
        var bench = AlertBench { configuration in
            configuration.rules = [.sample()]
            configuration.resolvedLimit = 3
        }
        for round in 0..<5 {
            bench.set("m", Double(11 + round))
            bench.step()
            bench.set("m", 0)
            bench.step()
        }
        #expect(bench.states() == [.resolved, .resolved, .resolved])
        #expect(bench.engine.alerts().map(\.startedAt) == [.after(45), .after(35), .after(25)])
        #expect(bench.engine.currentFigures.resolved == 5)
    }
}
