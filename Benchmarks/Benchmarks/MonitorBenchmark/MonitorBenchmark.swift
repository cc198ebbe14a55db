import Benchmark
import Foundation
import Logging
import PurserMonitor

/// The monitor without anything around it: what a sample costs, and a look at all rules.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput],
        warmupIterations: 5,
        scalingFactor: .kilo,
        maxDuration: .seconds(3),
        maxIterations: 500
    )

    Benchmark("record") { benchmark in
        let monitor = makeMonitor()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { monitor.record(.responseTime, 0.001, subject: "upload") }
        benchmark.stopMeasurement()
    }

    // The time is of one sample as each thread sees it: all threads record as many.
    Benchmark("record, 16 threads") { benchmark in
        let monitor = makeMonitor()
        let count = benchmark.scaledIterations.count
        benchmark.startMeasurement()
        DispatchQueue.concurrentPerform(iterations: 16) { _ in
            for _ in 0..<count { monitor.record(.responseTime, 0.001, subject: "upload") }
        }
        benchmark.stopMeasurement()
    }

    Benchmark(
        "rules",
        configuration: .init(metrics: [.wallClock, .throughput], scalingFactor: .one, maxIterations: 200)
    ) {
        benchmark in
        let monitor = makeMonitor()
        fill(monitor)
        var configuration = AlertConfiguration()
        configuration.rules = makeRules(100)
        var engine = AlertEngine(configuration)
        benchmark.startMeasurement()
        blackHole(engine.evaluate(at: Date()) { monitor.read($0) })
        benchmark.stopMeasurement()
    }
}

private func makeMonitor() -> PerformanceMonitor { PerformanceMonitor(logger: Logger(label: "benchmark")) }

/// Fills the buffers of all metrics.
private func fill(_ monitor: PerformanceMonitor) {
    for metric in BuiltInMetric.allCases {
        for number in 0..<monitor.configuration.ringSize {
            monitor.record(metric, Double(number), subject: number.isMultiple(of: 2) ? "upload" : "download")
        }
    }
}

/// Rules that each ask another question.
private func makeRules(_ count: Int) -> [AlertRule] {
    (0..<count).map { number in
        AlertRule(
            name: "rule_\(number)",
            metric: BuiltInMetric.allCases[number % BuiltInMetric.allCases.count].rawValue,
            aggregation: .p95,
            window: .seconds(300 + number),
            comparison: .above,
            threshold: Double(number)
        )
    }
}
