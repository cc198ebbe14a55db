import Foundation

/// A job over a thousand images: how much memory it takes, and how busy it keeps the cores.
struct ImageBatch {
    private static let images = 1_000

    func run(_ server: PurserServer, _ files: ProcessingFiles) throws -> [Row] {
        let client = try JobClient(server)
        for number in 0..<Self.images {
            try client.put("image-\(number).jpg", ProcessingFiles.another(files.image, number), at: server)
        }
        var own = 0, family = 0
        let before = try MachineFigures.cores()
        let start = ContinuousClock.now
        let started = try client.start("image", prefix: "image-")
        let job = try client.end(of: started.id, interval: 50_000) {
            let memory = try MachineFigures.memory(of: server.processes[0])
            own = max(own, memory.own)
            family = max(family, memory.family)
        }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let after = try MachineFigures.cores()
        guard job.files.succeeded == Self.images else { throw BenchmarkFailure("\(job.files.failed) images failed") }
        let busy = after.busy - before.busy
        return [
            Row(
                name: "1,000 images, memory of the server",
                unit: "MB",
                bar: .atMost(150),
                samples: Samples([Double(own) / 1e6])
            ),
            Row(
                name: "1,000 images, memory of server and tools",
                unit: "MB",
                bar: .atMost(500),
                samples: Samples([Double(family) / 1e6])
            ),
            Row(
                name: "1,000 images, cores busy",
                unit: "%",
                bar: .atLeast(90),
                samples: Samples([busy / (busy + after.idle - before.idle) * 100])
            ),
            Row(
                name: "1,000 images",
                unit: "per second",
                bar: .none,
                samples: Samples([Double(Self.images) / elapsed])
            ),
        ]
    }
}
