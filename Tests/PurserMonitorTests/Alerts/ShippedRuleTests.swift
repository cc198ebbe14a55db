import Foundation
import PurserMonitor
import Testing

@Suite
struct ShippedRuleTests {
    private static let names = [
        "slow_operations", "slow_transfers", "failing_operations", "slots_busy", "memory_reserved", "queue_long",
        "descriptors_high", "disk_low", "disk_critical",
    ]

    @Test
    func allOfThemAreThereAndCanBe() {
        #expect(AlertRule.shipped.map(\.name) == Self.names)
        #expect(AlertConfiguration().problems().isEmpty)
    }

    /// Just bad enough for as long as it takes, then just good enough.
    @Test(arguments: AlertRule.shipped)
    func ruleFiresAndResolves(_ rule: AlertRule) throws {
        var bench = AlertBench(rules: [rule])
        let (bad, good) = Self.figures(around: rule)
        let subject = BuiltInMetric(rawValue: rule.metric)?.subjectTag == nil ? "" : "upload"
        bench.set(rule.metric, good, subject: subject, samples: rule.minimumSamples)
        #expect(bench.run(seconds: 900).isEmpty)
        #expect(bench.states().isEmpty)

        bench.set(rule.metric, bad, subject: subject, samples: rule.minimumSamples - 1)
        #expect(bench.run(seconds: 900).isEmpty)

        bench.set(rule.metric, bad, subject: subject, samples: rule.minimumSamples)
        let wait = rule.wait / .seconds(1)
        #expect(bench.run(seconds: wait).isEmpty)
        let firing = try #require(bench.step().notifications.first)
        #expect(firing.event == .firing)
        #expect(firing.alert.subject == subject)
        #expect(firing.alert.value == bad)
        #expect(firing.alert.severity == rule.severity)

        bench.set(rule.metric, good, subject: subject, samples: rule.minimumSamples)
        #expect(bench.run(seconds: rule.keepFiring / .seconds(1)).isEmpty)
        #expect(bench.states() == [.firing])
        #expect(bench.step().notifications.map(\.event) == [.resolved])
    }

    @Test
    func fullDiskIsToldOnce() {
        var bench = AlertBench()
        bench.set("disk_free_percent", 19)
        #expect(bench.step().notifications.map(\.alert.rule) == ["disk_low"])
        bench.set("disk_free_percent", 9)
        #expect(bench.step().notifications.map(\.alert.rule) == ["disk_critical"])
        var other = AlertBench()
        other.set("disk_free_percent", 9)
        #expect(other.run(seconds: 600).map(\.alert.rule) == ["disk_critical"])
        #expect(other.engine.alerts().first { $0.rule == "disk_low" }?.suppressedBy == "alert:disk_critical")
    }

    private static func figures(around rule: AlertRule) -> (bad: Double, good: Double) {
        let step = rule.threshold / 100
        return switch rule.comparison {
        case .above: (rule.threshold + step, rule.threshold)
        case .atLeast: (rule.threshold, rule.threshold - step)
        case .below: (rule.threshold - step, rule.threshold)
        case .atMost: (rule.threshold, rule.threshold + step)
        }
    }
}
