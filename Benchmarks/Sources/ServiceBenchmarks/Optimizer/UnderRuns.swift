import Foundation
import Synchronization

/// What clients feel of a run: small uploads and downloads while one is on, at the speed that runs have by themselves, and
/// while none is, in turns.
struct UnderRuns: Work {
    let name = "optimizer-load"

    private static let files = 500
    /// A 99th percentile of some seconds differs from the next by as much as a half.
    private static let pairs = 7

    private struct Load {
        var puts = Samples(), gets = Samples()
    }

    func run(_ bench: Bench) throws -> [Row] {
        let corpus = try Corpus(scratch: bench.scratch, size: bench.sizes.corpusBytes)
        let wrk = try Wrk(scratch: bench.scratch)
        return try bench.withPurser(self.name, settings: OptimizerSettings.quiet) { server in
            try CorpusTransfer(corpus, to: server).upload()
            _ = try wrk.run(.put, on: server, connections: 16, seconds: 2, run: 1)
            var (with, without) = (Load(), Load())
            var number = 1
            func load(_ load: inout Load) throws {
                number += 1
                let seconds = min(3, bench.loadSeconds)
                let puts = try wrk.run(.put, on: server, connections: 16, seconds: seconds, run: number)
                let gets = try wrk.run(.get, on: server, connections: 16, seconds: seconds, run: 1, files: Self.files)
                load.puts.append(puts.p99 * 1000)
                load.gets.append(gets.p99 * 1000)
            }
            for pair in 0..<max(Self.pairs, bench.repetitions) {
                // Each goes first as often as the other.
                if !pair.isMultiple(of: 2) { try load(&without) }
                try self.withRuns(server) { try load(&with) }
                if pair.isMultiple(of: 2) { try load(&without) }
            }
            return [
                Row(name: "4 KiB uploads during a run, 99th percentile", unit: "ms", bar: .none, samples: with.puts),
                Row(
                    name: "4 KiB uploads, 99th percentile, during a run / without",
                    unit: "ratio",
                    bar: .atMost(1.5),
                    samples: with.puts / without.puts
                ),
                Row(name: "4 KiB downloads during a run, 99th percentile", unit: "ms", bar: .none, samples: with.gets),
                Row(
                    name: "4 KiB downloads, 99th percentile, during a run / without",
                    unit: "ratio",
                    bar: .atMost(1.5),
                    samples: with.gets / without.gets
                ),
            ]
        }
    }

    /// Keeps a run on during the body: one after another, should they end.
    private func withRuns(_ server: PurserServer, _ body: () throws -> Void) throws {
        let runs = EndlessRuns(OptimizerClient(server: server))
        try runs.begin()
        let result = Result { try body() }
        try runs.end()
        try result.get()
    }
}

/// Runs that read and compress all there is, one after another.
private final class EndlessRuns: Sendable {
    private let optimizer: OptimizerClient
    private let isOver = Atomic(false)
    private let run = Mutex<OptimizerClient.Run?>(nil)
    private let failure = Mutex<(any Error)?>(nil)
    private let ended = DispatchSemaphore(value: 0)

    init(_ optimizer: OptimizerClient) {
        self.optimizer = optimizer
    }

    /// Returns once the first is on.
    func begin() throws {
        try self.start()
        // It is awaited by `end()`.
        Thread.detachNewThread {
            defer { self.ended.signal() }
            do {
                while !self.isOver.load(ordering: .acquiring) { try self.look() }
            } catch {
                self.failure.withLock { $0 = error }
            }
        }
    }

    /// Ends the last.
    func end() throws {
        self.isOver.store(true, ordering: .releasing)
        self.ended.wait()
        if let error = self.failure.withLock({ $0 }) { throw error }
        if let run = self.run.withLock({ $0 }) { try self.optimizer.cancel(run) }
    }

    private func start() throws {
        let run = try self.optimizer.start(["compression", "verification"], verifyAll: true)
        self.run.withLock { $0 = run }
    }

    private func look() throws {
        usleep(50_000)
        guard let run = self.run.withLock({ $0 }) else { return }
        let state = try self.optimizer.state(of: run).state
        guard state != "failed" else { throw BenchmarkFailure("a run failed") }
        if state != "running" { try self.start() }
    }
}
