import Foundation

/// The memory of 32 uploads of 32 MiB that run at once and slowly, and of 100,000 small requests.
struct SlowUploads: Work {
    let name = "memory"

    private static let uploads = 32, size = 32 << 20, piece = 256 << 10

    func run(_ bench: Bench) throws -> [Row] {
        var peaks = Samples()
        for _ in 0..<max(3, bench.repetitions / 2) {
            let settings = ["resources.max_concurrent_operations=40"]
            peaks.append(try bench.withPurser(self.name, settings: settings) { try self.slowUploads($0) })
        }
        let growth = try bench.withPurser("requests") { try self.manyRequests($0, bench) }
        return [
            Row(
                name: "32 slow uploads of 32 MiB, peak memory",
                unit: "MiB",
                bar: .atMost(95),
                samples: peaks
            ),
            Row(
                name: "100,000 requests, growth of peak memory",
                unit: "MiB",
                bar: .atMost(8),
                samples: Samples([growth])
            ),
        ]
    }

    private func slowUploads(_ server: PurserServer) throws -> Double {
        var piece = Data((0..<Self.piece).map { _ in UInt8.random(in: .min ... .max) })
        let connections = try (0..<Self.uploads).map { _ in try HTTPConnection(port: server.port) }
        for (number, connection) in connections.enumerated() {
            try connection.begin("PUT", server.path(of: "slow-\(number)"), ["Content-Length: \(Self.size)"])
        }
        for round in 0..<(Self.size / Self.piece) {
            for (number, connection) in connections.enumerated() {
                withUnsafeBytes(of: (round, number)) { piece.replaceSubrange(0..<16, with: $0) }
                try connection.send(piece)
            }
            // 32 × 256 KiB each 40 ms: 6.4 MiB/s for each upload.
            usleep(40_000)
        }
        for connection in connections {
            let status = try connection.answer().status
            guard status == 201 else { throw BenchmarkFailure("an upload was answered with \(status)") }
        }
        return Double(try server.figures().peakMemory) / 1_048_576
    }

    private func manyRequests(_ server: PurserServer, _ bench: Bench) throws -> Double {
        let wrk = try Wrk(scratch: bench.scratch)
        _ = try wrk.run(.put, on: server, connections: 16, seconds: 2, run: 0)
        try wrk.fill(server, files: 10_000)
        _ = try wrk.run(.get, on: server, connections: 16, seconds: 2, run: 0, files: 1000)
        let before = try server.figures().peakMemory
        try wrk.fill(server, files: 50_000)
        var requests = 0.0
        while requests < 50_000 {
            requests += try wrk.run(.get, on: server, connections: 16, seconds: 3, run: 0, files: 1000).requests
        }
        return Double(try server.figures().peakMemory - before) / 1_048_576
    }
}
