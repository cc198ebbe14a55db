import PurserMonitor
import PurserOperations
import Testing

@Suite
struct MeasuringConfigurationTests {
    @Test
    func defaultsCanBe() {
        #expect(MeasuringConfiguration().problems().isEmpty)
    }

    @Test
    func everyProblemIsNamed() {
        var configuration = MeasuringConfiguration()
        configuration.ringSize = 99
        configuration.maxUserMetrics = -1
        configuration.maxTagSets = 0
        configuration.rememberedOperations = 100_001
        configuration.minuteRetention = .seconds(7_199)
        configuration.hourRetention = .seconds(60)
        #expect(
            configuration.problems().map(\.key) == [
                "monitor.samples", "monitor.user_metrics", "monitor.tag_sets", "monitor.operations",
                "monitor.history.minutes", "monitor.history.hours",
            ]
        )
    }
}
