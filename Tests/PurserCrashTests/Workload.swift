import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import PurserIdentifiers
import PurserTestSupport
import Testing

/// Clients that put, replace, copy, read and delete files until the server is gone.
struct Workload: Sendable {
    /// Contents that several clients store at the same time, so that they meet in one blob.
    static let shared = (0..<6).map {
        Content(seed: 900 + UInt64($0), size: [0, 10, 4096, 65_536, 65_537, 300_000][$0])
    }

    let client: HTTPClient
    let url: String
    let journal: Journal
    /// Whether somebody else removes files too.
    var filesMayGo = false

    func address(of key: String) -> String { "\(self.url)/v1/buckets/default/files/\(key)" }

    /// Runs one client until a request gets no answer.
    func run(client number: Int, seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        while true {
            do {
                try await self.step(client: number, &generator)
            } catch let error as UnexpectedStatus {
                throw error
            } catch let error as WrongBytes {
                throw error
            } catch {
                // The server is gone.
                return
            }
        }
    }

    struct UnexpectedStatus: Error {
        var status: UInt
        var step: String
    }

    private func step(client number: Int, _ generator: inout SeededGenerator) async throws {
        let key = "c\(number)/k\(Int.random(in: 0..<6, using: &generator))"
        switch Int.random(in: 0..<12, using: &generator) {
        case 0...2:
            try await self.put(
                key,
                Content(seed: generator.next(), size: Int.random(in: 0...20_000, using: &generator))
            )
        case 3...4:
            try await self.put(
                key,
                Content(seed: generator.next(), size: Int.random(in: 65_000...400_000, using: &generator))
            )
        case 5...6: try await self.put(key, Self.shared[Int.random(in: 0..<Self.shared.count, using: &generator)])
        case 7:
            let source = "c\(number)/k\(Int.random(in: 0..<6, using: &generator))"
            try await self.copy(source, to: key)
        case 8...9: try await self.delete(key)
        default:
            try await self.read(
                "c\(Int.random(in: 0..<6, using: &generator))/k\(Int.random(in: 0..<6, using: &generator))"
            )
        }
    }

    private func put(_ key: String, _ content: Content) async throws {
        self.journal.begin(key, content)
        var request = HTTPClientRequest(url: self.address(of: key))
        request.method = .PUT
        request.body = .bytes(content.bytes)
        try await self.expect([200, 201], request, "put \(key)")
        self.journal.acknowledge(key, content)
    }

    private func copy(_ source: String, to key: String) async throws {
        guard let content = self.journal.entries[source]?.acknowledged else { return }
        self.journal.begin(key, content)
        var request = HTTPClientRequest(url: self.address(of: key))
        request.method = .PUT
        request.headers.add(name: "X-Copy-From", value: "default/\(source)")
        let statuses: [UInt] = self.filesMayGo ? [200, 201, 404] : [200, 201]
        guard try await self.expect(statuses, request, "copy \(source) to \(key)") != 404 else {
            // Nothing became of it, and what stands under the key is as it was.
            self.journal.settle(key, self.journal.entries[key]?.acknowledged)
            return
        }
        self.journal.acknowledge(key, content)
    }

    func delete(_ key: String) async throws {
        guard self.journal.entries[key]?.acknowledged != nil else { return }
        self.journal.begin(key, nil)
        var request = HTTPClientRequest(url: self.address(of: key))
        request.method = .DELETE
        try await self.expect(self.filesMayGo ? [204, 404] : [204], request, "delete \(key)")
        self.journal.acknowledge(key, nil)
    }

    struct WrongBytes: Error {
        var key: String
    }

    /// Reads a file of whatever client; its bytes are those that its `ETag` names.
    private func read(_ key: String) async throws {
        let response = try await self.client.execute(
            HTTPClientRequest(url: self.address(of: key)),
            timeout: .seconds(30)
        )
        let body = try await response.body.collect(upTo: 1 << 20)
        guard [200, 404].contains(response.status.code) else {
            throw UnexpectedStatus(status: response.status.code, step: "read \(key)")
        }
        guard
            response.status == .notFound
                || response.headers.first(name: "ETag") == Content.blob(of: body).map({ "\"\($0.hex)\"" })
        else { throw WrongBytes(key: key) }
    }

    @discardableResult
    private func expect(_ statuses: [UInt], _ request: HTTPClientRequest, _ step: String) async throws -> UInt {
        let response = try await self.client.execute(request, timeout: .seconds(30))
        _ = try await response.body.collect(upTo: 1 << 20)
        guard statuses.contains(response.status.code) else {
            throw UnexpectedStatus(status: response.status.code, step: step)
        }
        return response.status.code
    }
}
