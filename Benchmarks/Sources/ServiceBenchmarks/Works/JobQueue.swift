import Foundation

/// Ten thousand jobs that wait: what they cost, and how fast a start with them is.
struct JobQueue {
    private static let jobs = 10_000

    func run(_ bench: Bench, _ settings: [String]) throws -> [Row] {
        var growth = 0.0
        // One that never ends has the only place.
        let busy = settings + ["processing.workers=1"]
        let folder = try bench.withPurser("processing-queue", settings: busy) { server in
            let client = try JobClient(server)
            try client.put("file", Data("file".utf8), at: server)
            for _ in 0..<100 { _ = try client.start("bench-hold", key: "file") }
            let before = try MachineFigures.memory(of: server.processes[0]).own
            for _ in 100..<Self.jobs { _ = try client.start("bench-hold", key: "file") }
            growth = Double(try MachineFigures.memory(of: server.processes[0]).own - before) / 1e6
            return server.folder
        }
        var start = Samples()
        for _ in 0..<max(3, bench.repetitions) {
            var server: PurserServer?
            start.append(
                try seconds { server = try PurserServer(program: bench.program, folder: folder, settings: busy) }
            )
            try server?.stop()
        }
        return [
            Row(name: "10,000 queued jobs, memory", unit: "MB", bar: .atMost(50), samples: Samples([growth])),
            Row(name: "start-up with 10,000 queued jobs", unit: "s", bar: .atMost(2), samples: start),
        ]
    }
}
