import Foundation

/// All rows of a run, with what they were measured on.
struct Report: Codable {
    var date = Date()
    var machine: [String: String]
    var versions: [String: String]
    var rows: [Row] = []

    init() {
        self.machine = Self.describeMachine()
        self.versions = Self.describeVersions()
    }

    mutating func add(_ rows: [Row]) {
        self.rows += rows
        for row in rows { Self.print(row) }
    }

    // MARK: Text

    static func printHeading() {
        self.print(["work", "unit", "bar", "measured", "min – max", ""])
        self.print(["----", "----", "---", "--------", "---------", ""])
    }

    private static func print(_ row: Row) {
        let verdict = row.isHeld.map { $0 ? "held" : "MISSED" } ?? ""
        let range = "\(Row.text(row.samples.min)) – \(Row.text(row.samples.max))"
        self.print([row.name, row.unit, row.barText, Row.text(row.value), range, verdict])
    }

    private static func print(_ cells: [String]) {
        let widths = [46, 16, 10, 10, 20, 8]
        let padded = zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: max(1, width - cell.count))
        }
        Swift.print(padded.joined())
        fflush(nil)
    }

    // MARK: Comparison

    /// Prints what changed since an earlier run.
    ///
    /// - Returns: The rows whose CPU time per unit grew by more than a tenth.
    func compare(with base: Report) -> [Row] {
        Swift.print("\nchange since \(base.date.formatted(.iso8601)), commit \(base.versions["commit"] ?? "?")")
        var worse: [Row] = []
        for row in self.rows {
            guard let old = base.rows.first(where: { $0.name == row.name }), old.value != 0 else { continue }
            let change = row.value / old.value
            let isWorse = row.isCost && change > 1.1
            if isWorse { worse.append(row) }
            let percent = String(format: "%+.1f %%", (change - 1) * 100)
            Self.print([row.name, row.unit, Row.text(old.value), Row.text(row.value), percent, isWorse ? "WORSE" : ""])
        }
        return worse
    }

    // MARK: JSON

    func write(to file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        encoder.dateEncodingStrategy = .iso8601
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try encoder.encode(self).write(to: file)
    }

    static func read(_ file: URL) throws -> Report {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        return try decoder.decode(Report.self, from: Data(contentsOf: file))
    }

    // MARK: Surroundings

    private static func describeMachine() -> [String: String] {
        func line(_ file: String, _ prefix: String) -> String? {
            let text = try? String(contentsOfFile: file, encoding: .utf8)
            let line = text?.split(separator: "\n").first { $0.hasPrefix(prefix) }
            return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
        }
        let info = ProcessInfo.processInfo
        return [
            "cores": "\(info.activeProcessorCount)",
            "memory": "\(info.physicalMemory >> 20) MiB",
            "processor": line("/proc/cpuinfo", "model name") ?? "unknown",
            "system": info.operatingSystemVersionString,
        ]
    }

    private static func describeVersions() -> [String: String] {
        func output(_ name: String, _ arguments: [String]) -> String {
            let text = (try? Tool.run(name, arguments)) ?? "unknown"
            return text.split(separator: "\n").first.map(String.init) ?? "unknown"
        }
        return [
            "commit": output("git", ["describe", "--always", "--dirty"]),
            "swift": output("swift", ["--version"]),
            "curl": output("curl", ["--version"]),
        ]
    }
}
