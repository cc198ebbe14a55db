/// The resource manager alone.
struct Operations: Work {
    let name = "operations"

    /// Name in the harness, name in the report, and bar in microseconds.
    private static let bars: [(name: String, text: String, limit: Double)] = [
        ("slot", "operation in a slot: begin, grant, release, end", 2),
        ("slot,_64_tasks", "the same, 64 tasks contending", 10),
        ("progress", "progress update", 1),
    ]

    func run(_ bench: Bench) throws -> [Row] {
        let results = try Microbenchmarks(target: "OperationsBenchmark")
        return try Self.bars.map { bar in
            Row(name: bar.text, unit: "µs", bar: .atMost(bar.limit), samples: try results.microseconds(bar.name))
        }
    }
}
