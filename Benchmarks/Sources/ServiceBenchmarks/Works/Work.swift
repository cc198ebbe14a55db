import Foundation

/// What all works need.
struct Bench {
    /// The `purser` program.
    let program: URL
    /// A folder on the disk to be measured, removed at the end: stores that were used are kept until then, as files
    /// that are made soon after many were removed cost more on some file systems.
    let scratch: URL
    /// How often each measurement is repeated.
    let repetitions: Int
    /// Seconds that each load of small requests lasts.
    let loadSeconds: Int
    /// Makes servers to compare with; none where only Purser is measured.
    let peers: [Peer]
    /// How much the works of the optimizer work on.
    let sizes: OptimizerSizes

    func store(_ name: String) -> URL { self.scratch.appending(path: "\(name)-\(UUID().uuidString.prefix(8))") }

    /// Runs the body with a server on a fresh store.
    func withPurser<Value>(
        _ name: String,
        settings: [String] = [],
        _ body: (PurserServer) throws -> Value
    ) throws -> Value {
        let server = try PurserServer(program: self.program, folder: self.store(name), settings: settings)
        do {
            let value = try body(server)
            try server.stop()
            return value
        } catch {
            try server.stop()
            throw error
        }
    }

    /// Runs the body with Purser and all peers that can do the work; Purser is the first.
    func withServers<Value>(_ name: String, _ body: ([any Server]) throws -> Value) throws -> Value {
        try self.withPurser(name) { purser in
            var servers: [any Server] = [purser]
            defer { for server in servers.dropFirst() { try? server.stop() } }
            for peer in self.peers {
                servers.append(try peer.start(self.store("\(name)-\(peer.name)")))
            }
            return try body(servers)
        }
    }
}

/// How much the works of the optimizer work on.
struct OptimizerSizes {
    /// Bytes of the corpus.
    var corpusBytes: Int
    /// Bytes of the large file.
    var largeBytes: Int
    /// Files of the large catalog.
    var catalogFiles: Int
}

/// Something that is measured.
protocol Work: Sendable {
    /// Picked by it with `--only`.
    var name: String { get }
    func run(_ bench: Bench) throws -> [Row]
}
