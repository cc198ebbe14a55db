import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// The optimizer of a server that may be gone at any moment.
struct OptimizerRuns: Sendable {
    let client: HTTPClient
    let url: String

    struct Run: Decodable, Sendable {
        struct Strategy: Decodable, Sendable {
            var filesProcessed: Int
            var errors: [String: Int]
            var findings: [String: Int]
            var failure: String?
        }

        var id: String
        var state: String
        var endedAt: String?
        var strategies: [String: Strategy]

        var isRunning: Bool { self.state == "running" }
        var filesProcessed: Int { self.strategies.values.reduce(0) { $0 + $1.filesProcessed } }
        var isClean: Bool { self.strategies.values.allSatisfy { $0.errors.isEmpty && $0.failure == nil } }
    }

    struct Removal: Decodable, Sendable {
        var number: Int
        var key: String
        var sha256: String
    }

    private struct RunList: Decodable {
        var runs: [Run]
    }

    private struct RemovalList: Decodable {
        var removals: [Removal]
        var nextCursor: String?
    }

    struct Stats: Decodable, Sendable {
        var totalFiles: Int
        var logicalBytes: Int
        var physicalBytes: Int
    }

    /// - Returns: The status of the answer: 409 while another run is under way.
    func start(_ strategies: [String], verifyAll: Bool = false) async throws -> UInt {
        let names = strategies.map { "\"\($0)\"" }.joined(separator: ",")
        var request = HTTPClientRequest(url: "\(self.url)/v1/optimizer/runs")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: #"{"strategies":[\#(names)],"verify_all":\#(verifyAll)}"#))
        let response = try await self.client.execute(request, timeout: .seconds(30))
        _ = try await response.body.collect(upTo: 1 << 16)
        return response.status.code
    }

    func newest() async throws -> Run? {
        try await self.get(RunList.self, "/v1/optimizer/runs?limit=1").runs.first
    }

    func all() async throws -> [Run] { try await self.get(RunList.self, "/v1/optimizer/runs?limit=1000").runs }

    func stats() async throws -> Stats { try await self.get(Stats.self, "/v1/optimizer/stats") }

    /// Waits until no run is under way.
    ///
    /// - Returns: The last one.
    func atRest() async throws -> Run? {
        while true {
            let run = try await self.newest()
            if run?.isRunning != true { return run }
        }
    }

    /// Does a run, after those that are under way.
    func run(_ strategies: [String], verifyAll: Bool = false) async throws -> Run {
        while try await self.start(strategies, verifyAll: verifyAll) != 202 { await Task.yield() }
        let run = try await self.atRest()
        return try #require(run)
    }

    /// Does one run after another until the server is gone.
    func goOn(_ strategies: [String], verifyAll: Bool) async {
        while true {
            do {
                _ = try await self.run(strategies, verifyAll: verifyAll)
            } catch {
                return  // The server is gone.
            }
        }
    }

    /// What runs removed, behind an entry of the audit trail.
    func removals(after number: Int) async throws -> [Removal] {
        var found: [Removal] = []
        for run in try await self.all() where run.filesProcessed > 0 {
            var cursor: String? = "\(number)"
            while let after = cursor {
                let path = "/v1/optimizer/runs/\(run.id)/removals?limit=1000&cursor=\(after)"
                let page = try await self.get(RemovalList.self, path)
                found += page.removals
                cursor = page.nextCursor
            }
        }
        return found
    }

    private func get<Document: Decodable>(_ type: Document.Type, _ path: String) async throws -> Document {
        let response = try await self.client.execute(HTTPClientRequest(url: self.url + path), timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 24)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(body.readableBytesView))
    }
}
