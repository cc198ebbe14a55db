import PurserMonitor
import Testing

@Suite
struct PrometheusTextTests {
    private let families = [
        MetricFamily(
            "purser_operations",
            .counter,
            help: "Operations that ended.",
            samples: [.init(suffix: "_total", labels: [.init("kind", "upload"), .init("state", "failed")], value: 3)]
        ),
        MetricFamily("purser_empty", .gauge, help: "Nothing was measured."),
        MetricFamily(
            "purser_odd",
            .gauge,
            help: "A \\ and\na line.",
            samples: [.init(labels: [.init("label", "a\"b\\c\nd")], value: 0.25)]
        ),
    ]

    @Test
    func countersAreTypedUnderTheirFullNameInPrometheusOnly() {
        let text = PrometheusText.write(self.families)
        #expect(text.contains("# TYPE purser_operations_total counter\n"))
        #expect(text.contains("purser_operations_total{kind=\"upload\",state=\"failed\"} 3\n"))
        let open = PrometheusText.write(self.families, as: .openMetrics)
        #expect(open.contains("# TYPE purser_operations counter\n"))
        #expect(open.contains("purser_operations_total{kind=\"upload\",state=\"failed\"} 3\n"))
        #expect(open.hasSuffix("# EOF\n"))
        #expect(!text.contains("EOF"))
    }

    @Test
    func whatWouldBreakALineIsEscaped() {
        let text = PrometheusText.write(self.families)
        #expect(text.contains("# HELP purser_odd A \\\\ and\\na line.\n"))
        #expect(text.contains("purser_odd{label=\"a\\\"b\\\\c\\nd\"} 0.25\n"))
    }

    @Test
    func familyWithoutSamplesIsLeftOut() {
        #expect(!PrometheusText.write(self.families).contains("purser_empty"))
    }

    @Test(arguments: [
        (Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (0, "0"), (1e15, "1000000000000000.0"),
        (-2, "-2"),
        (0.1, "0.1"),
    ])
    func numbersAreWrittenAsTheFormatHasThem(_ value: Double, _ text: String) {
        let family = MetricFamily("purser_value", .gauge, help: "A value.", samples: [.init(value: value)])
        #expect(PrometheusText.write([family]).hasSuffix("purser_value \(text)\n"))
    }
}
