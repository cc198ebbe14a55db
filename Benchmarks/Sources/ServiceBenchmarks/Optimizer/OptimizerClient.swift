import Foundation

/// The optimizer of a server under test.
struct OptimizerClient: Sendable {
    private let port: Int

    init(server: PurserServer) {
        self.port = server.port
    }

    /// What a run did so far.
    struct Run: Decodable {
        /// What a strategy did.
        struct Strategy: Decodable {
            var filesExamined: Int
            var filesProcessed: Int
            var durationSeconds: Double
            var errors: [String: Int]
            var failure: String?
        }

        var id: String
        var operationId: String
        var state: String
        var filesProcessed: Int
        var spaceSavedBytes: Int64
        var strategies: [String: Strategy]
    }

    /// How small the store is, and what there is to do.
    struct Stats: Decodable {
        /// What a strategy would find.
        struct Candidates: Decodable {
            var files: Int
            var bytes: Int64
        }

        var totalFiles: Int
        var distinctBytes: Int64
        var physicalBytes: Int64
        var candidates: [String: Candidates]
    }

    /// Looks for candidates of all strategies.
    func stats() throws -> Stats { try self.get("/v1/optimizer/stats") }

    /// Starts a run; where one has just ended, as soon as its turn is over.
    func start(_ strategies: [String], dryRun: Bool = false, verifyAll: Bool = false) throws -> Run {
        let names = strategies.map { "\"\($0)\"" }.joined(separator: ",")
        let body = Data(#"{"strategies":[\#(names)],"dry_run":\#(dryRun),"verify_all":\#(verifyAll)}"#.utf8)
        for _ in 0..<500 {
            let connection = try HTTPConnection(port: self.port)
            try connection.begin(
                "POST",
                "/v1/optimizer/runs",
                ["Content-Type: application/json", "Content-Length: \(body.count)"]
            )
            try connection.send(body)
            let answer = try connection.answer()
            if answer.status == 202 { return try Self.decode(answer.body) }
            guard answer.status == 409 else {
                throw BenchmarkFailure("a run was answered with \(answer.status): \(Self.text(answer.body))")
            }
            usleep(10_000)
        }
        throw BenchmarkFailure("another run is under way")
    }

    /// Waits for the end of a run.
    ///
    /// - Throws: ``BenchmarkFailure`` where it failed, or met an error with a file.
    func end(of run: Run) throws -> Run {
        let ended = try self.state(of: run, waits: true)
        let isClean = ended.strategies.values.allSatisfy { $0.errors.isEmpty && $0.failure == nil }
        guard ended.state == "succeeded", isClean else {
            throw BenchmarkFailure("a run \(ended.state): \(ended.strategies)")
        }
        return ended
    }

    /// Does a run.
    func run(_ strategies: [String], dryRun: Bool = false, verifyAll: Bool = false) throws -> Run {
        try self.end(of: self.start(strategies, dryRun: dryRun, verifyAll: verifyAll))
    }

    /// Ends a run early; one that has ended meanwhile is fine.
    func cancel(_ run: Run) throws {
        let connection = try HTTPConnection(port: self.port)
        try connection.begin("DELETE", "/v1/operations/\(run.operationId)")
        let status = try connection.answer().status
        guard status == 202 || status == 409 else { throw BenchmarkFailure("a cancel was answered with \(status)") }
        _ = try self.state(of: run, waits: true)
    }

    /// A run as it stands, or with `waits` as it ended.
    func state(of run: Run, waits: Bool = false) throws -> Run {
        while true {
            let now: Run = try self.get("/v1/optimizer/runs/\(run.id)")
            if !waits || now.state != "running" { return now }
            usleep(20_000)
        }
    }

    private func get<Document: Decodable>(_ path: String) throws -> Document {
        try Self.decode(try HTTPConnection(port: self.port).get(path))
    }

    private static func decode<Document: Decodable>(_ data: Data) throws -> Document {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Document.self, from: data)
    }

    private static func text(_ data: Data) -> String { String(decoding: data.prefix(500), as: UTF8.self) }
}
