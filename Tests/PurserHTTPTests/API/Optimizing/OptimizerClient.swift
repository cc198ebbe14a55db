import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Purser
import PurserTestSupport
import Testing

@testable import PurserHTTP

/// Talks to a server of its own, as programs do: nothing is decoded on the way.
struct OptimizerClient {
    let client: HTTPClient
    let api: LiveAPI

    /// What came back.
    struct Answer {
        var status: Int
        var headers: HTTPHeaders
        var body: Data

        func document<Document: Decodable>(_ type: Document.Type) throws -> Document {
            try DocumentCoding.decode(type, from: self.body)
        }

        var code: String? {
            ((try? JSONSerialization.jsonObject(with: self.body)) as? [String: Any])?["code"] as? String
        }
    }

    /// Serves a store for the time of the body; the optimizer starts nothing by itself, and goes as fast as it can.
    static func run(
        _ change: (inout PurserConfiguration) -> Void = { _ in },
        _ body: (OptimizerClient) async throws -> Void
    ) async throws {
        try await LiveAPI.run { settings in
            settings.purser.optimizer.isEnabled = false
            settings.purser.optimizer.throttle.bytesPerSecond = nil
            settings.purser.optimizer.throttle.cpuShare = nil
            change(&settings.purser)
        } _: { api in
            try await HTTPClient.withHTTPClient { try await body(OptimizerClient(client: $0, api: api)) }
        }
    }

    func send(
        _ method: HTTPMethod,
        _ target: String,
        _ fields: HTTPHeaders = [:],
        _ body: Data? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(self.api.port)\(target)")
        request.method = method
        request.headers = fields
        request.body = body.map { .bytes($0) }
        let response = try await self.client.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Data(bytes.readableBytesView)
        )
    }

    func store(_ key: String, _ content: Data, _ fields: HTTPHeaders = [:]) async throws {
        let answer = try await self.send(.PUT, Self.target(of: key), fields, content)
        try #require(answer.status == 201 || answer.status == 200)
    }

    static func target(of key: String) -> String { "/v1/buckets/default/files/\(key)" }

    /// Starts a run.
    func start(_ document: String) async throws -> OptimizerRunDocument {
        var answer = try await self.send(.POST, "/v1/optimizer/runs", [:], Data(document.utf8))
        // The turn of a run ends a moment after its report.
        while answer.status == 409, try self.api.manager.optimizationRuns(limit: 1).first?.state != .running {
            answer = try await self.send(.POST, "/v1/optimizer/runs", [:], Data(document.utf8))
        }
        try #require(answer.status == 202, "\(String(decoding: answer.body, as: UTF8.self))")
        let run = try answer.document(OptimizerRunDocument.self)
        #expect(answer.headers.first(name: "Location") == "/v1/optimizer/runs/\(run.id)")
        return run
    }

    /// Waits for the end of a run.
    func end(of run: OptimizerRunDocument) async throws -> OptimizerRunDocument {
        try await eventually(within: .seconds(50), "the run ends") {
            try self.api.manager.optimizationRun(run.id).state != .running
        }
        return try await self.send(.GET, "/v1/optimizer/runs/\(run.id)").document(OptimizerRunDocument.self)
    }

    /// Starts a run, and waits for its end.
    func run(_ document: String) async throws -> OptimizerRunDocument {
        try await self.end(of: self.start(document))
    }
}

/// Contents of several sorts, made from a seed.
enum OptimizerSample {
    /// Lines as a log has them, which compress well.
    static func log(bytes: Int, seed: UInt64) -> Data {
        var generator = SeededGenerator(seed: seed)
        var text = ""
        while text.utf8.count < bytes {
            text += "2026-11-21T03:00:\(Int.random(in: 10...59, using: &generator))Z info request answered in "
            text += "\(Int.random(in: 1...9_999, using: &generator)) us\n"
        }
        return Data(text.utf8.prefix(bytes))
    }

    /// Bytes that do not compress.
    static func noise(bytes: Int, seed: UInt64) -> Data {
        var generator = SeededGenerator(seed: seed)
        return Data((0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// Files, small and large, of which some have the same content.
    static var files: [String: Data] {
        [
            "small.log": self.log(bytes: 5_000, seed: 1), "tiny": Data("tiny".utf8), "empty": Data(),
            "large.log": self.log(bytes: 3_000_000, seed: 2), "copy.log": self.log(bytes: 3_000_000, seed: 2),
            "medium.log": self.log(bytes: 200_000, seed: 3), "noise": self.noise(bytes: 150_000, seed: 4),
        ]
    }
}
