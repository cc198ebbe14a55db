import Foundation
import PurserMonitor
import PurserOperations
import Testing

@Suite
struct AlertProblemTests {
    private func keys(_ change: (inout AlertRule) -> Void) -> [String] {
        var configuration = AlertConfiguration()
        change(&configuration.rules[2])
        return configuration.problems().map(\.key)
    }

    @Test
    func everyProblemNamesItsKey() {
        let key = "monitor.alerts.rules[2]"
        #expect(self.keys { $0.metric = "nonsense" } == ["\(key).metric"])
        #expect(self.keys { $0.window = .zero } == ["\(key).window"])
        #expect(self.keys { $0.window = .seconds(90_000) } == ["\(key).window"])
        #expect(self.keys { $0.wait = .seconds(-1) } == ["\(key).for"])
        #expect(self.keys { $0.keepFiring = .seconds(-1) } == ["\(key).keep_firing_for"])
        #expect(self.keys { $0.minimumSamples = 0 } == ["\(key).minimum_samples"])
        #expect(self.keys { $0.name = "Über" } == ["\(key).name"])
        #expect(self.keys { $0.name = AlertRule.shipped[0].name } == ["\(key).name"])
        #expect(self.keys { $0.name = "memory_warning" } == ["\(key).name"])
        #expect(self.keys { $0.subject = "upload" } == ["\(key).subject"])
        #expect(self.keys { $0.family = "no family" } == ["\(key).family"])
        #expect(self.keys { $0.threshold = .nan } == ["\(key).threshold"])
    }

    @Test(arguments: [
        (Comparison.above, 100.0, false), (.above, 99.9, true), (.atLeast, 100.1, false), (.atLeast, 100, true),
        (.atLeast, 0, false), (.below, 0, false), (.below, 0.1, true), (.atMost, 0, true), (.atMost, 100, false),
        (.above, -1, false),
    ])
    func percentageIsComparedWithWhatItCanBe(_ comparison: Comparison, _ threshold: Double, _ isPossible: Bool) {
        let keys = self.keys { rule in
            rule.comparison = comparison
            rule.threshold = threshold
        }
        #expect(keys == (isPossible ? [] : ["monitor.alerts.rules[2].threshold"]))
    }

    @Test
    func countsOfPercentagesMayBeMoreThanAHundred() {
        let keys = self.keys { rule in
            rule.aggregation = .count
            rule.threshold = 500
        }
        #expect(keys.isEmpty)
    }

    @Test
    func usersMetricsMayBeLookedAt() {
        var configuration = AlertConfiguration()
        configuration.rules = [.sample(threshold: -5)]
        #expect(configuration.problems().map(\.key) == ["monitor.alerts.rules[0].metric"])
        #expect(configuration.problems(userMetrics: ["m"]).isEmpty)
    }

    @Test
    func otherSettingsAreCheckedToo() {
        var configuration = AlertConfiguration()
        configuration.notifyInterval = .seconds(-1)
        configuration.notificationsPerMinute = 0
        configuration.openLimit = 0
        configuration.resolvedLimit = 99_999
        configuration.maintenance = [
            .init(name: "", from: .after(9), to: .after(9), rules: ["disk_low", "memory_warning", "unknown"])
        ]
        #expect(
            configuration.problems().map(\.key) == [
                "monitor.alerts.maintenance[0].name", "monitor.alerts.maintenance[0].to",
                "monitor.alerts.maintenance[0].rules", "monitor.alerts.notify_interval",
                "monitor.alerts.notifications_per_minute", "monitor.alerts.open_limit", "monitor.alerts.resolved_limit",
            ]
        )
    }
}
