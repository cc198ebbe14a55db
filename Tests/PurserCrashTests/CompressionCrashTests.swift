import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

/// Kills the real server again and again while it compresses what it holds, and clients write.
@Suite(.timeLimit(.minutes(10))) struct CompressionCrashTests {
    private static let rounds = 8
    private static let strategies = ["deduplication", "compression", "collection"]
    private static let settings = [
        "storage.collect_grace": "0s", "storage.free_space_floor": "0B", "optimizer.throttle.cpu": "none",
        "optimizer.throttle.bytes_per_second": "64MB", "optimizer.on_low_space": "false", "optimizer.schedule": "none",
    ]

    @Test func everyFileReadsBackAfterKillsDuringCompression() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        try await withTemporaryFolder { folder in
            var configuration = HTTPClient.Configuration()
            configuration.connectionPool.retryConnectionEstablishment = false
            try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                try await self.run(in: folder.appending("store"), client, seed: seed)
            }
        }
    }

    private func run(in store: FilePath, _ client: HTTPClient, seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var contents: [String: BlobID] = [:]
        var cutOffs = 0
        // More rounds where no kill has met a run yet.
        for round in 0..<(4 * Self.rounds) where round < Self.rounds || cutOffs == 0 {
            let note: Comment = "round \(round), seed \(seed)"
            let restart = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            let server = try ServerProcess(store: store, settings: Self.settings)
            let runs = OptimizerRuns(client: client, url: server.url)
            let newest = try await runs.newest()
            if let newest, newest.endedAt.map({ $0 > restart }) ?? true { cutOffs += 1 }
            try await Self.check(contents, client, server.url, note)
            for number in 0..<12 {
                let bytes = Self.text(bytes: Int.random(in: 1_000...1_500_000, using: &generator), &generator)
                let key = "r\(round)-\(number)"
                try await Self.put(key, bytes, client, server.url)
                let blob = try #require(Content.blob(of: bytes))
                contents[key] = blob
            }
            // A run that was cut off goes on by itself; then this one is refused.
            let status = try await runs.start(Self.strategies)
            #expect(status == 202 || status == 409, note)
            let extra = Int.random(in: 0...4, using: &generator)
            for number in 0..<extra {
                let bytes = Self.text(bytes: 200_000, &generator)
                try await Self.put("x\(round)-\(number)", bytes, client, server.url)
                let blob = try #require(Content.blob(of: bytes))
                contents["x\(round)-\(number)"] = blob
            }
            server.kill()
        }
        #expect(cutOffs > 0, "no kill met a run: the test proves nothing, seed \(seed)")
        let server = try ServerProcess(store: store, settings: Self.settings)
        try await Self.check(contents, client, server.url, "after all kills, seed \(seed)")
        let run = try await OptimizerRuns(client: client, url: server.url).run(Self.strategies)
        #expect(run.state == "succeeded" && run.isClean, "seed \(seed)")
        try await Self.check(contents, client, server.url, "compressed, seed \(seed)")
        #expect(server.stop() == 0)
        let staging = try FileManager.default.contentsOfDirectory(atPath: store.appending("staging").string)
        #expect(staging.isEmpty, "seed \(seed)")
    }

    /// Words in a random order: they compress, and no two contents are alike.
    private static func text(bytes: Int, _ generator: inout SeededGenerator) -> ByteBuffer {
        let words = ["store ", "catalog ", "blob ", "frame ", "index ", "digest ", "range ", "reader\n"]
        var buffer = ByteBuffer()
        buffer.writeInteger(generator.next())
        while buffer.readableBytes < bytes { buffer.writeString(words[Int(generator.next() % 8)]) }
        return buffer
    }

    private static func put(_ key: String, _ bytes: ByteBuffer, _ client: HTTPClient, _ url: String) async throws {
        var request = HTTPClientRequest(url: "\(url)/v1/buckets/default/files/\(key)")
        request.method = .PUT
        request.body = .bytes(bytes)
        let response = try await client.execute(request, timeout: .seconds(30))
        try #require(response.status == .created)
    }

    private static func check(
        _ contents: [String: BlobID],
        _ client: HTTPClient,
        _ url: String,
        _ note: Comment
    ) async throws {
        for (key, blob) in contents {
            let request = HTTPClientRequest(url: "\(url)/v1/buckets/default/files/\(key)")
            let response = try await client.execute(request, timeout: .seconds(30))
            let body = try await response.body.collect(upTo: 4 << 20)
            #expect(response.status == .ok && Content.blob(of: body) == blob, "\(key): \(note)")
        }
    }
}
