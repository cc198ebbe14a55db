import Foundation

/// The resource manager alone: microbenchmarks of the package's other target, run by their harness.
struct Operations: Work {
    let name = "operations"

    private static let bars: [String: (name: String, limit: Double)] = [
        "slot": ("slot grant and release", 2),
        "slot, 64 tasks": ("slot grant and release, 64 tasks contending", 10),
        "progress": ("progress update", 1),
    ]

    private struct Result: Decodable {
        var name: String
        var value: Double
    }

    func run(_ bench: Bench) throws -> [Row] {
        let text = try Tool.run(
            "swift",
            ["package", "--package-path", "Benchmarks", "-c", "release", "benchmark", "--no-progress", "--quiet"]
                + ["--format", "jmh", "--path", "stdout"]
        )
        fatalError(text)
    }
}
