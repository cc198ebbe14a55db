import Foundation
import NIOHTTP1
import Purser
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserHTTP

/// Runs of the optimizer over HTTP, on real files.
@Suite(.timeLimit(.minutes(2)))
struct OptimizerRunTests {
    @Test(arguments: ["zstd", "gzip"])
    func filesReadBackIdenticalAfterCompression(_ codec: String) async throws {
        let files = OptimizerSample.files
        try await OptimizerClient.run {
            $0.optimizer.compression.codec = codec
        } _: { client in
            for (key, content) in files { try await client.store(key, content) }
            let before = try client.api.manager.systemMetrics()
            #expect(try #require(before.storageFigures.compressionRatio) == 1)
            let run = try await client.run(#"{"strategies":["compression"]}"#)
            #expect(run.state == "succeeded" && !run.dryRun && run.trigger == "request" && run.endedAt != nil)
            let strategy = try #require(run.strategies["compression"])
            #expect(strategy.filesProcessed == 3, "two contents of one sort are one")
            #expect(strategy.errors.isEmpty)
            let after = try client.api.manager.systemMetrics()
            #expect(run.spaceSavedBytes == before.storage.physicalBytes - after.storage.physicalBytes)
            #expect(run.spaceSavedBytes > 2_000_000)
            let ratio = try #require(after.storageFigures.compressionRatio)
            #expect(
                ratio
                    == Double(after.storage.distinctBytes)
                    / Double(after.storage.physicalBytes - after.storage.reclaimableBytes)
            )
            #expect(ratio > 2)
            for (key, content) in files { try await Self.expectSame(key, content, codec, client) }
            try await Self.expectSameThroughCurl("large.log", files["large.log"], client)
            let stats = try await client.send(.GET, "/v1/optimizer/stats").document(OptimizerStatsDocument.self)
            #expect(stats.savings["compression"] == run.spaceSavedBytes)
            #expect(stats.spaceSavedBytes == run.spaceSavedBytes)
            #expect(stats.candidates["compression"]?.files == 0, "all have been judged")
            #expect(stats.lastRun?.id == run.id && stats.totalFiles == Int64(files.count))
        }
    }

    private static func expectSame(_ key: String, _ content: Data, _ codec: String, _ client: OptimizerClient)
        async throws
    {
        let whole = try await client.send(.GET, OptimizerClient.target(of: key))
        #expect(whole.status == 200 && whole.body == content, "\(key)")
        #expect(whole.headers.first(name: "Content-Encoding") == nil)
        guard content.count > 4_000 else { return }
        for range in [0..<1, 1_000..<3_500, content.count - 17..<content.count] {
            let part = try await client.send(
                .GET,
                OptimizerClient.target(of: key),
                ["Range": "bytes=\(range.lowerBound)-\(range.upperBound - 1)", "Accept-Encoding": codec]
            )
            #expect(part.status == 206 && part.body == content[range], "\(key) \(range)")
        }
        let asKept = try await client.send(.GET, OptimizerClient.target(of: key), ["Accept-Encoding": codec])
        let isEncoded = asKept.headers.first(name: "Content-Encoding") == codec
        #expect(isEncoded == key.hasSuffix(".log"), "\(key)")
        #expect(isEncoded ? asKept.body.count < content.count / 2 : asKept.body == content, "\(key)")
    }

    private static func expectSameThroughCurl(
        _ key: String,
        _ content: Data?,
        _ client: OptimizerClient
    ) async throws {
        try await withTemporaryFolder { folder in
            let body = folder.appending("body").string
            let url = "http://127.0.0.1:\(client.api.port)\(OptimizerClient.target(of: key))"
            let curl = try await runTool(
                "curl",
                ["--silent", "--show-error", "--fail", "--compressed", "--max-time", "60", "--output", body, url]
            )
            #expect(curl.status == 0, "\(curl.output)")
            let received = try Data(contentsOf: URL(filePath: body))
            #expect(received == content)
        }
    }

    @Test func dryRunChangesNothingAndPredictsTheRun() async throws {
        try await OptimizerClient.run { client in
            for (key, content) in OptimizerSample.files { try await client.store(key, content) }
            try await client.api.isAtRest()
            let before = try Footprint(of: client.api.manager)
            let dry = try await client.run(#"{"dry_run":true,"strategies":["compression"]}"#)
            #expect(dry.dryRun && dry.state == "succeeded")
            #expect(try Footprint(of: client.api.manager) == before)
            let run = try await client.run(#"{"dry_run":false,"strategies":["compression"]}"#)
            #expect(run.spaceSavedBytes > 0)
            let difference = abs(Double(dry.spaceSavedBytes - run.spaceSavedBytes))
            #expect(difference <= 0.02 * Double(run.spaceSavedBytes))
            let list = try await client.send(.GET, "/v1/optimizer/runs?limit=1").document(OptimizerRunListDocument.self)
            #expect(list.runs.map(\.id) == [run.id])
            let cursor = try #require(list.nextCursor)
            let rest = try await client.send(.GET, "/v1/optimizer/runs?cursor=\(cursor)")
            #expect(try rest.document(OptimizerRunListDocument.self).runs.map(\.id) == [dry.id])
        }
    }

    @Test func removalsAndDuplicatesComeInPages() async throws {
        try await OptimizerClient.run {
            $0.optimizer.minAge = .zero
            $0.optimizer.age.maxFileAge = .milliseconds(1)
        } _: { client in
            for number in 1...5 { try await client.store("old-\(number)", Data("content \(number % 3)".utf8)) }
            try await client.store("pinned", Data("content 1".utf8), ["X-Meta-Pin": "true"])
            let first = try await client.send(.GET, "/v1/optimizer/duplicates?limit=1")
                .document(DuplicateListDocument.self)
            #expect(first.duplicates.first?.files == 3 && first.duplicates.first?.savedBytes == 18)
            #expect(first.duplicates.first?.names.map(\.key) == ["old-1", "old-4", "pinned"])
            let cursor = try #require(first.nextCursor)
            let second = try await client.send(.GET, "/v1/optimizer/duplicates?cursor=\(cursor)")
                .document(DuplicateListDocument.self)
            #expect(second.duplicates.map(\.files) == [2] && second.nextCursor == nil)
            let run = try await client.run(#"{"strategies":["age"]}"#)
            #expect(run.filesProcessed == 5)
            var keys: [String] = []
            var next: String? = ""
            while let cursor = next {
                let query = "limit=2\(cursor.isEmpty ? "" : "&cursor=\(cursor)")"
                let page = try await client.send(.GET, "/v1/optimizer/runs/\(run.id)/removals?\(query)")
                    .document(RemovalListDocument.self)
                #expect(page.removals.allSatisfy { $0.strategy == "age" && !$0.reason.isEmpty })
                keys += page.removals.map(\.key)
                next = page.nextCursor
            }
            #expect(keys.sorted() == (1...5).map { "old-\($0)" })
            #expect(try await client.send(.GET, OptimizerClient.target(of: "pinned")).status == 200)
        }
    }

    @Test func whatCannotBeIsRefused() async throws {
        try await OptimizerClient.run { client in
            for (document, code) in [
                (#"{"strategies":["magic"]}"#, "unknown_strategy"), (#"{"strategies":[]}"#, "unknown_strategy"),
                (#"{"dry_run":1}"#, "invalid_document"), (#"{"dryrun":true}"#, "invalid_document"),
                ("[]", "invalid_document"), ("{", "invalid_document"),
            ] {
                let answer = try await client.send(.POST, "/v1/optimizer/runs", [:], Data(document.utf8))
                #expect(answer.status == 400 && answer.code == code, "\(document)")
            }
            let large = try await client.send(.POST, "/v1/optimizer/runs", [:], Data(count: 20_000))
            #expect(large.status == 413 && large.code == "document_too_large")
            for target in ["/v1/optimizer/runs/none", "/v1/optimizer/runs/none/removals"] {
                let answer = try await client.send(.GET, target)
                #expect(answer.status == 404 && answer.code == "run_not_found")
            }
            let cursor = try await client.send(.GET, "/v1/optimizer/duplicates?cursor=x")
            #expect(cursor.status == 400 && cursor.code == "invalid_cursor")
            #expect(try client.api.manager.optimizationRuns().isEmpty)
        }
    }
}
