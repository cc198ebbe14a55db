import Foundation

/// A corpus that is compressed as fast as it goes, against the programs that do the same; and read back.
struct Compressing: Work {
    let name = "optimizer"

    func run(_ bench: Bench) throws -> [Row] {
        let corpus = try Corpus(scratch: bench.scratch, size: bench.sizes.corpusBytes)
        return try Codec.allCases.flatMap { codec in
            let program = try codec.encode(corpus.folder, scratch: bench.scratch)
            return try bench.withPurser("\(self.name)-\(codec.rawValue)", settings: codec.settings) { server in
                try self.measure(codec, program, CorpusTransfer(corpus, to: server), server)
            }
        }
    }

    private func measure(
        _ codec: Codec,
        _ program: (bytes: Int, cpu: Double),
        _ transfer: CorpusTransfer,
        _ server: PurserServer
    ) throws -> [Row] {
        let corpus = transfer.corpus
        let optimizer = OptimizerClient(server: server)
        try transfer.upload()
        let before = try optimizer.stats()
        guard before.distinctBytes == Int64(corpus.bytes) else {
            throw BenchmarkFailure("the store holds \(before.distinctBytes) distinct bytes of \(corpus.bytes)")
        }
        var forecast: OptimizerClient.Run?
        let encoding = try server.cost { forecast = try optimizer.run(["compression"], dryRun: true) }
        for process in server.processes { try ProcessFigures.resetPeak(of: process) }
        var run: OptimizerClient.Run?
        let checked = try server.cost { run = try optimizer.run(["compression"]) }
        guard let forecast, let run, run.spaceSavedBytes > 0 else { throw BenchmarkFailure("nothing was compressed") }
        let stored = Double(try optimizer.stats().physicalBytes)
        let error = abs(Double(forecast.spaceSavedBytes - run.spaceSavedBytes)) / Double(run.spaceSavedBytes)
        let mismatches = try transfer.mismatches()
        let gibibytes = Double(corpus.bytes) / Double(1 << 30)
        func row(_ name: String, _ unit: String, _ bar: Row.Bar, _ value: Double, isCost: Bool = false) -> Row {
            Row(name: "\(codec.rawValue): \(name)", unit: unit, bar: bar, samples: Samples([value]), isCost: isCost)
        }
        return [
            row("files of the corpus", "files", .none, Double(corpus.files.count)),
            row("corpus", "MB", .none, Double(corpus.bytes) / 1e6),
            row("store / corpus", "ratio", .none, stored / Double(corpus.bytes)),
            row("store / each file through `\(codec.command)`", "ratio", .atMost(1.03), stored / Double(program.bytes)),
            row("files and ranges that came back otherwise", "number", .atMost(0), Double(mismatches)),
            row("saving by a dry run, off by", "%", .atMost(2), error * 100),
            row("`\(codec.command)`, CPU", "CPU-s/GiB", .none, program.cpu / gibibytes),
            row("encoding without a check, CPU / program", "ratio", .atMost(1.3), encoding.cpu / program.cpu),
            row("encoding with its check, CPU / program", "ratio", .atMost(2), checked.cpu / program.cpu),
            row("encoding with its check, CPU", "CPU-s/GiB", .none, checked.cpu / gibibytes, isCost: true),
            row("peak memory of the server in a run", "MB", .atMost(150), Double(checked.peakMemory) / 1e6),
        ]
    }
}
