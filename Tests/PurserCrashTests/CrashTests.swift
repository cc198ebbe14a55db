import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

/// Kills the real server again and again while clients write, and looks whether every acknowledged file is there.
@Suite(.timeLimit(.minutes(15))) struct CrashTests {
    private static let rounds = 25
    private static let clients = 6

    @Test func everyAcknowledgedFileOutlivesAKill() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        try await withTemporaryFolder { folder in
            var configuration = HTTPClient.Configuration()
            // A server that was killed is gone: nobody is to try for seconds to reach it.
            configuration.connectionPool.retryConnectionEstablishment = false
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            let result: Result<Void, any Error>
            do {
                try await self.run(in: folder.appending("store"), client, seed: seed)
                result = .success(())
            } catch {
                result = .failure(error)
            }
            try await client.shutdown()
            try result.get()
        }
    }

    private func run(in store: FilePath, _ client: HTTPClient, seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let journal = Journal()
        for round in 0..<Self.rounds {
            let note: Comment = "round \(round), seed \(seed)"
            let server = try ServerProcess(store: store, settings: ["storage.collect_grace": "0s"])
            let workload = Workload(client: client, url: server.url, journal: journal)
            try await self.check(workload, store, note)
            let before = journal.acknowledgements
            let count = Int.random(in: 1...60, using: &generator)
            let seeds = (0..<Self.clients).map { _ in generator.next() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, seed) in seeds.enumerated() {
                    group.addTask { try await workload.run(client: number, seed: seed) }
                }
                await journal.wait(forMore: count)
                server.kill()
                try await group.waitForAll()
            }
            #expect(journal.acknowledgements >= before + count, note)
        }
        try await self.checkThatNothingIsLeft(in: store, client, journal, "seed \(seed)")
    }

    /// Every file is as acknowledged, or as the request without an answer would have made it; and there are no others.
    private func check(_ workload: Workload, _ store: FilePath, _ note: Comment) async throws {
        for (key, entry) in workload.journal.entries {
            let found = try await self.read(key, workload)
            if found == entry.acknowledged?.blob {
                workload.journal.settle(key, entry.acknowledged)
            } else if let pending = entry.pending, found == pending?.blob {
                workload.journal.settle(key, pending)
            } else {
                Issue.record("\(key) is neither what was acknowledged nor what was under way: \(note)")
            }
        }
        let listed = try await self.list(workload)
        let expected = Set(workload.journal.entries.filter { $0.value.acknowledged != nil }.keys)
        #expect(listed == expected, note)
        let staging = try FileManager.default.contentsOfDirectory(atPath: store.appending("staging").string)
        #expect(staging.isEmpty, note)
    }

    private func read(_ key: String, _ workload: Workload) async throws -> BlobID? {
        let request = HTTPClientRequest(url: workload.address(of: key))
        let response = try await workload.client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 20)
        guard response.status != .notFound else { return nil }
        #expect(response.status == .ok, "\(key)")
        let blob = try #require(Content.blob(of: body))
        return blob
    }

    private struct Listing: Decodable {
        struct File: Decodable { var key: String }
        var files: [File]
    }

    private func list(_ workload: Workload) async throws -> Set<String> {
        let request = HTTPClientRequest(url: "\(workload.url)/v1/buckets/default/files")
        let response = try await workload.client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 24)
        let listing = try JSONDecoder().decode(Listing.self, from: Data(body.readableBytesView))
        return Set(listing.files.map(\.key))
    }

    /// When all files are deleted, the sweep and the collector leave no bytes behind.
    private func checkThatNothingIsLeft(
        in store: FilePath,
        _ client: HTTPClient,
        _ journal: Journal,
        _ note: Comment
    ) async throws {
        let server = try ServerProcess(store: store, settings: ["storage.collect_grace": "0s"])
        let workload = Workload(client: client, url: server.url, journal: journal)
        try await self.check(workload, store, note)
        for (key, entry) in journal.entries where entry.acknowledged != nil {
            var request = HTTPClientRequest(url: workload.address(of: key))
            request.method = .DELETE
            let response = try await client.execute(request, timeout: .seconds(30))
            #expect(response.status == .noContent, note)
        }
        // Each look is a walk through 256 folders; the suite's time limit ends the waiting.
        while !(try Self.blobs(in: store).isEmpty) { await Task.yield() }
        #expect(server.stop() == 0, note)
        let lock = try Data(contentsOf: URL(filePath: store.appending("lock").string))
        #expect(lock.isEmpty, "a clean stop empties the lock: \(note)")
    }

    private static func blobs(in store: FilePath) throws -> [String] {
        let folder = store.appending("blobs").string
        return try FileManager.default.contentsOfDirectory(atPath: folder).flatMap { shard in
            try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(shard)")
        }
    }
}
