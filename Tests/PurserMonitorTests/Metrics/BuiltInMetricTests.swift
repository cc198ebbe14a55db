import Testing

@testable import PurserMonitor

@Suite
struct BuiltInMetricTests {
    @Test
    func essentialMetricsAreTheFirstEight() {
        #expect(BuiltInMetric.essential == Array(BuiltInMetric.allCases.prefix(8)))
    }

    @Test
    func indexesFollowTheOrder() {
        #expect(BuiltInMetric.allCases.map(\.index) == Array(BuiltInMetric.allCases.indices))
    }

    @Test
    func namesAreWellFormed() {
        #expect(BuiltInMetric.allCases.allSatisfy { MetricName.isWellFormed($0.rawValue) })
    }
}
