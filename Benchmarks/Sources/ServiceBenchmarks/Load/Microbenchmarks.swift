import Foundation

/// Microbenchmarks of another target of this package, run by their harness.
struct Microbenchmarks {
    /// A result in the form of JMH, the only one of the harness with the median.
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
            return ["0.0", "50.0", "99.0"].compactMap { time.scorePercentiles[$0] }.map { $0 * factor }
        }
    }

    private let results: [Result]

    /// Runs all of a target.
    init(target: String) throws {
        let text = try Tool.run(
            "swift",
            ["package", "--package-path", "Benchmarks", "-c", "release", "benchmark", "--target", target]
                + ["--no-progress", "--quiet", "--format", "jmh", "--path", "stdout"]
        )
        guard let json = text.split(separator: "\n").first(where: { $0.hasPrefix("[{") }) else {
            throw BenchmarkFailure("the microbenchmarks gave no result: \(text.suffix(500))")
        }
        self.results = try JSONDecoder().decode([Result].self, from: Data(json.utf8))
    }

    /// Microseconds of a round: least, median and 99th percentile of up to 500 samples.
    ///
    /// - Parameters:
    ///   - name: The benchmark's name, with underscores for blanks.
    ///   - rounds: How many rounds one sample has.
    /// - Returns: Three values.
    /// - Throws: ``BenchmarkFailure`` where there is no such benchmark.
    func microseconds(_ name: String, rounds: Double = 1000) throws -> Samples {
        guard let result = self.results.first(where: { $0.benchmark.hasSuffix(".\(name)") }) else {
            throw BenchmarkFailure("there is no microbenchmark '\(name)'")
        }
        return Samples(result.microseconds).map { $0 / rounds }
    }
}
