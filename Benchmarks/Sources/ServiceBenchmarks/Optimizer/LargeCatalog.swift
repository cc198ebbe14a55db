import Foundation
import Synchronization

/// What a million files cost the optimizer: a look for candidates, and the removal of those that are too old.
struct LargeCatalog: Work {
    let name = "optimizer-catalog"

    func run(_ bench: Bench) throws -> [Row] {
        let (files, old) = (bench.sizes.catalogFiles, bench.sizes.catalogFiles / 10)
        // The server makes the store.
        let folder = try bench.withPurser(self.name, settings: OptimizerSettings.quiet) { $0.folder }
        let filling = try seconds { try CatalogFiller(folder: folder).fill(files: files, old: old) }
        let settings =
            OptimizerSettings.quiet + [
                "optimizer.age.enabled=true", "optimizer.age.max_file_age=30d", "optimizer.size_limit.enabled=true",
                // So little that every file is looked at.
                "optimizer.size_limit.max_storage_size=1KB", "optimizer.min_age=1h",
            ]
        let server = try PurserServer(program: bench.program, folder: folder, settings: settings)
        let result = Result { try self.measure(server, bench, files: files, old: old) }
        try server.stop()
        let made = Row(
            name: "a catalog of \(files) files, made",
            unit: "s",
            bar: .none,
            samples: Samples([filling])
        )
        return try [made] + result.get()
    }

    private func measure(_ server: PurserServer, _ bench: Bench, files: Int, old: Int) throws -> [Row] {
        let optimizer = OptimizerClient(server: server)
        for process in server.processes { try ProcessFigures.resetPeak(of: process) }
        let before = try server.figures().peakMemory
        var stats: OptimizerClient.Stats?
        let plan = try seconds { stats = try optimizer.stats() }
        let peak = try server.figures().peakMemory
        guard let stats, stats.totalFiles == files, stats.candidates["age"]?.files == old,
            stats.candidates["size_limit"]?.files ?? 0 > files / 2
        else { throw BenchmarkFailure("the plan does not find what is there: \(String(describing: stats))") }
        let (age, uploads) = try self.removeOldFiles(optimizer, server, bench, old: old)
        return [
            Row(
                name: "plan of \(files) files, all strategies",
                unit: "s",
                bar: .atMost(10),
                samples: Samples([plan])
            ),
            Row(
                name: "plan of \(files) files, peak memory of the server",
                unit: "MB",
                bar: .none,
                samples: Samples([Double(peak) / 1e6])
            ),
            Row(
                name: "plan of \(files) files, memory for it",
                unit: "MB",
                bar: .atMost(100),
                samples: Samples([Double(max(0, peak - before)) / 1e6])
            ),
            Row(
                name: "removal of \(old) files by age, with uploads",
                unit: "s",
                bar: .atMost(60),
                samples: Samples([age])
            ),
            Row(name: "4 KiB uploads meanwhile", unit: "per second", bar: .none, samples: uploads),
        ]
    }

    /// - Returns: Seconds that the strategy took, and uploads a second meanwhile.
    private func removeOldFiles(
        _ optimizer: OptimizerClient,
        _ server: PurserServer,
        _ bench: Bench,
        old: Int
    ) throws -> (age: Double, uploads: Samples) {
        let wrk = try Wrk(scratch: bench.scratch)
        var uploads = Samples()
        let run = try optimizer.start(["age"])
        repeat {
            let load = try wrk.run(.put, on: server, connections: 4, seconds: 1, run: uploads.values.count + 1)
            uploads.append(load.perSecond)
        } while try optimizer.state(of: run).state == "running"
        let ended = try optimizer.end(of: run)
        guard let age = ended.strategies["age"], age.filesProcessed == old else {
            throw BenchmarkFailure("\(ended.filesProcessed) files were removed of \(old)")
        }
        return (age.durationSeconds, uploads)
    }
}
