import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

/// Kills the real server again and again while the optimizer removes, compresses and reads what clients store, replace,
/// copy, read and delete meanwhile.
@Suite(.timeLimit(.minutes(10)))
struct OptimizerCrashTests {
    /// A way to win space that is killed.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var strategies: [String]
        var settings: [String: String] = [:]
        var removesFiles = true
        var verifyAll = false
    }

    private static let cases = [
        Case(
            testDescription: "age",
            strategies: ["age", "collection"],
            settings: ["optimizer.age.enabled": "true", "optimizer.age.max_file_age": "200ms"]
        ),
        Case(
            testDescription: "size_limit",
            strategies: ["size_limit", "collection"],
            settings: [
                "optimizer.size_limit.enabled": "true", "optimizer.size_limit.max_storage_size": "1MB",
                "optimizer.size_limit.policy": "oldest",
            ]
        ),
        Case(
            testDescription: "verification",
            strategies: ["compression", "verification"],
            removesFiles: false,
            verifyAll: true
        ),
    ]

    private static let rounds = 5
    private static let clients = 4
    private static let settings = [
        "storage.collect_grace": "0s", "storage.free_space_floor": "0B", "optimizer.throttle.cpu": "none",
        "optimizer.throttle.bytes_per_second": "none", "optimizer.on_low_space": "false", "optimizer.schedule": "none",
        "optimizer.min_age": "0s", "optimizer.keep_runs": "100000",
    ]

    @Test(arguments: cases)
    func everyAcknowledgedFileIsThereOrInTheAuditTrailAfterKills(_ what: Case) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        try await withTemporaryFolder { folder in
            var configuration = HTTPClient.Configuration()
            // A server that was killed is gone: nobody is to try for seconds to reach it.
            configuration.connectionPool.retryConnectionEstablishment = false
            try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                try await self.run(what, in: folder.appending("store"), client, seed: seed)
            }
        }
    }

    private func run(_ what: Case, in store: FilePath, _ client: HTTPClient, seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var check = CrashCheck(store: store, removesFiles: what.removesFiles)
        let settings = Self.settings.merging(what.settings) { $1 }
        var cutOffs = 0
        // More rounds where no kill has met a run yet: on a loaded machine a run may be short beside what is around it.
        for round in 0..<(4 * Self.rounds) where round < Self.rounds || cutOffs == 0 {
            let note: Comment = "round \(round), seed \(seed)"
            let restart = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            let server = try ServerProcess(store: store, settings: settings)
            let runs = OptimizerRuns(client: client, url: server.url)
            let workload = Workload(
                client: client,
                url: server.url,
                journal: check.journal,
                filesMayGo: what.removesFiles
            )
            // A run that was cut off goes on by itself.
            let last = try await runs.atRest()
            if let end = last?.endedAt, end > restart { cutOffs += 1 }
            try await check.check(workload, runs, note)
            let count = Int.random(in: 30...80, using: &generator)
            let seeds = (0..<Self.clients).map { _ in generator.next() }
            let journal = check.journal
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, seed) in seeds.enumerated() {
                    group.addTask { try await workload.run(client: number, seed: seed) }
                }
                group.addTask { await runs.goOn(what.strategies, verifyAll: what.verifyAll) }
                await journal.wait(forMore: count)
                server.kill()
                try await group.waitForAll()
            }
        }
        #expect(cutOffs > 0, "no kill met a run: the test proves nothing, seed \(seed)")
        try await self.checkThatNothingIsLeft(what, settings, client, &check, "seed \(seed)")
    }

    /// All runs were clean; and once all files are deleted, a run leaves no bytes and no row behind.
    private func checkThatNothingIsLeft(
        _ what: Case,
        _ settings: [String: String],
        _ client: HTTPClient,
        _ check: inout CrashCheck,
        _ note: Comment
    ) async throws {
        let server = try ServerProcess(store: check.store, settings: settings)
        let runs = OptimizerRuns(client: client, url: server.url)
        let workload = Workload(client: client, url: server.url, journal: check.journal, filesMayGo: what.removesFiles)
        _ = try await runs.atRest()
        try await check.check(workload, runs, note)
        let done = try await runs.all()
        #expect(done.allSatisfy { $0.state == "succeeded" && $0.isClean }, note)
        #expect(done.allSatisfy { $0.strategies.values.allSatisfy { $0.findings["damaged"] == nil } }, note)
        #expect(check.removals > 0 || !what.removesFiles, "nothing was removed: the test proves nothing, \(note)")
        for (key, entry) in check.journal.entries where entry.acknowledged != nil {
            try await workload.delete(key)
        }
        let last = try await runs.run(["deduplication", "collection"])
        #expect(last.state == "succeeded" && last.isClean, note)
        let findings = try #require(last.strategies["deduplication"]).findings
        for finding in ["wrong_references", "wrong_counters", "rows_without_bytes"] {
            #expect(findings[finding] == nil, note)
        }
        // Retired within the last millisecond, at the latest by the next look; the suite's time limit ends the waiting.
        while try await runs.stats().physicalBytes > 0 { _ = try await runs.run(["collection"]) }
        let stats = try await runs.stats()
        #expect(stats.totalFiles == 0 && stats.logicalBytes == 0, note)
        #expect(try check.blobs().isEmpty, note)
        #expect(server.stop() == 0, note)
    }
}
