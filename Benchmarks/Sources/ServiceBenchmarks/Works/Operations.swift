import Foundation

/// The resource manager alone: microbenchmarks of the package's other target, run by their harness.
struct Operations: Work {
    let name = "operations"

    /// Name in the harness, name in the report, and bar in microseconds.
    private static let bars: [(name: String, text: String, limit: Double)] = [
        ("slot", "operation in a slot: begin, grant, release, end", 2),
        ("slot,_64_tasks", "the same, 64 tasks contending", 10),
        ("progress", "progress update", 1),
    ]

    /// A result in the form of JMH, the only one of the harness with the median; times are of a thousand rounds.
    private struct Result: Decodable {
        struct Metric: Decodable {
            var scorePercentiles: [String: Double]
            var scoreUnit: String
        }

        var benchmark: String
        var secondaryMetrics: [String: Metric]

        var microseconds: [Double] {
            guard let time = self.secondaryMetrics["Time (wall clock)"] else { return [] }
            let factor = ["ns": 1e-3, "μs": 1, "ms": 1e3][time.scoreUnit] ?? .nan
            return ["0.0", "50.0", "99.0"].compactMap { time.scorePercentiles[$0] }.map { $0 * factor / 1000 }
        }
    }

    func run(_ bench: Bench) throws -> [Row] {
        let text = try Tool.run(
            "swift",
            ["package", "--package-path", "Benchmarks", "-c", "release", "benchmark", "--no-progress", "--quiet"]
                + ["--format", "jmh", "--path", "stdout"]
        )
        guard let json = text.split(separator: "\n").first(where: { $0.hasPrefix("[{") }) else {
            throw BenchmarkFailure("the microbenchmarks gave no result: \(text.suffix(500))")
        }
        let results = try JSONDecoder().decode([Result].self, from: Data(json.utf8))
        return try Self.bars.map { bar in
            guard let result = results.first(where: { $0.benchmark.hasSuffix(".\(bar.name)") }) else {
                throw BenchmarkFailure("there is no microbenchmark '\(bar.name)'")
            }
            // Least, median and 99th percentile of up to 500 samples.
            return Row(name: bar.text, unit: "µs", bar: .atMost(bar.limit), samples: Samples(result.microseconds))
        }
    }
}
