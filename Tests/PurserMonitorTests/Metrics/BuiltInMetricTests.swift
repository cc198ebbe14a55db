import PurserMonitor
import Testing

@Suite
struct BuiltInMetricTests {
    @Test
    func essentialMetricsAreTheFirstEight() {
        #expect(BuiltInMetric.essential == Array(BuiltInMetric.allCases.prefix(8)))
    }
}
