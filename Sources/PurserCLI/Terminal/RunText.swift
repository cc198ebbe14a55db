import Purser

/// Runs of the optimizer for people.
enum RunText {
    /// A line of a list.
    static func line(_ run: OptimizerRunDocument) -> String {
        let kind = run.dryRun ? "dry run" : "run"
        let names = StrategyName.allCases.map(\.rawValue).filter { run.strategies[$0] != nil }
        return "\(run.id)  \(run.startedAt)  \(kind.padding(to: 7))  \(run.state.padding(to: 9))  "
            + "\(ByteText.short(run.spaceSavedBytes).padded(to: 8))  \(names.joined(separator: ","))"
    }

    /// The report, with a table of what the strategies did.
    static func report(_ run: OptimizerRunDocument) -> [String] {
        var lines = [
            "run       \(run.id)", "state     \(run.state)\(run.dryRun ? " (dry run: nothing was changed)" : "")",
            "started   \(run.startedAt)", "ended     \(run.endedAt ?? "-")",
        ]
        if let error = run.error { lines.append("error     \(error)") }
        lines += self.table(run)
        let word = run.dryRun ? "would be saved" : "saved"
        lines.append("\(ByteText.short(run.spaceSavedBytes)) \(word) (\(run.spaceSavedBytes) bytes)")
        return lines
    }

    private static func table(_ run: OptimizerRunDocument) -> [String] {
        var rows = [["strategy", "examined", "processed", "before", "after", "saved", "time"]]
        var notes: [String] = []
        for name in StrategyName.allCases.map(\.rawValue) {
            guard let strategy = run.strategies[name] else { continue }
            rows.append([
                name, "\(strategy.filesExamined)", "\(strategy.filesProcessed)", ByteText.short(strategy.bytesBefore),
                ByteText.short(strategy.bytesAfter), ByteText.short(strategy.spaceSavedBytes),
                TimeText.clock(.seconds(strategy.durationSeconds)),
            ])
            notes += self.notes(strategy).map { "\(name): \($0)" }
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let table = rows.map { row in
            zip(row.indices, row)
                .map { column, text in
                    column == 0 ? text.padding(to: widths[column]) : text.padded(to: widths[column])
                }
                .joined(separator: "  ")
        }
        return table + notes
    }

    private static func notes(_ strategy: OptimizerRunDocument.Strategy) -> [String] {
        strategy.findings.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            + strategy.errors.sorted { $0.key < $1.key }.map { "\($0.value) times \($0.key)" }
            + (strategy.failure.map { ["ended early: \($0)"] } ?? [])
    }

    /// What is kept, won and to be won.
    static func stats(_ stats: OptimizerStatsDocument) -> [String] {
        var lines = [
            "files     \(stats.totalFiles)", "uploaded  \(ByteText.short(stats.logicalBytes))",
            "distinct  \(ByteText.short(stats.distinctBytes))", "kept      \(ByteText.short(stats.physicalBytes))",
            "used      \(Int(stats.storageUtilizationPercent))%", "saved     \(ByteText.short(stats.spaceSavedBytes))",
            "next run  \(stats.nextRunAt ?? "none by itself")",
        ]
        for name in StrategyName.allCases.map(\.rawValue) {
            guard let found = stats.candidates[name] else { continue }
            lines.append(
                "\(name.padding(to: 13))  saved \(ByteText.short(stats.savings[name] ?? 0).padded(to: 8))  "
                    + "to look at \(found.files) (\(ByteText.short(found.bytes)))"
            )
        }
        return lines
    }
}
