import Foundation

/// What the monitor costs: two servers side by side, one that measures and one that does not, and the time of exports
/// once the buffers of what was measured are full.
struct Monitoring: Work {
    let name = "monitor"

    /// Times that each export is asked for.
    private static let exports = 20

    func run(_ bench: Bench) throws -> [Row] { try self.service(bench) + self.alone() }

    /// The monitor alone.
    private func alone() throws -> [Row] {
        let results = try Microbenchmarks(target: "MonitorBenchmark")
        return [
            Row(name: "monitor: a sample", unit: "µs", bar: .atMost(1), samples: try results.microseconds("record")),
            Row(
                name: "monitor: a sample, 16 threads",
                unit: "µs",
                bar: .atMost(5),
                samples: try results.microseconds("record,_16_threads")
            ),
            Row(
                name: "monitor: a look at 100 rules, buffers full",
                unit: "ms",
                bar: .atMost(50),
                samples: try results.microseconds("rules", rounds: 1000)
            ),
        ]
    }

    /// The monitor in the service.
    private func service(_ bench: Bench) throws -> [Row] {
        let wrk = try Wrk(scratch: bench.scratch)
        // The log of requests is neither's to pay for.
        let quiet = ["log.requests=false"]
        return try bench.withPurser("monitor-on", settings: quiet) { on in
            try bench.withPurser("monitor-off", settings: quiet + ["monitor.enabled=false"]) { off in
                var cost = Samples()
                for server in [on, off] {
                    _ = try wrk.run(.put, on: server, connections: 16, seconds: 2, run: 1)
                }
                for run in 0..<bench.repetitions {
                    // In turns, and each goes first as often as the other.
                    let order = run.isMultiple(of: 2) ? [on, off] : [off, on]
                    let times = try order.map { try self.cost(wrk, $0, seconds: bench.loadSeconds) }
                    cost.append(run.isMultiple(of: 2) ? times[0] - times[1] : times[1] - times[0])
                }
                let memory = try Samples([Double(on.figures().peakMemory - off.figures().peakMemory) / 1_048_576])
                return [
                    Row(name: "monitor: CPU of a 4 KiB download", unit: "µs each", bar: .atMost(3), samples: cost),
                    Row(name: "monitor: peak memory after the load", unit: "MiB", bar: .atMost(20), samples: memory),
                    Row(
                        name: "monitor: /metrics, buffers full",
                        unit: "ms",
                        bar: .atMost(20),
                        samples: try self.time("/metrics", on)
                    ),
                    Row(
                        name: "monitor: /v1/metrics, buffers full",
                        unit: "ms",
                        bar: .atMost(100),
                        samples: try self.time("/v1/metrics", on)
                    ),
                ]
            }
        }
    }

    /// CPU time of one request, in microseconds.
    private func cost(_ wrk: Wrk, _ server: any Server, seconds: Int) throws -> Double {
        var requests = 1.0
        let cost = try server.cost {
            requests = try wrk.run(.get, on: server, connections: 16, seconds: seconds, run: 1, files: 500).requests
        }
        return cost.cpu / requests * 1e6
    }

    /// How long answers take, in milliseconds.
    private func time(_ path: String, _ server: any Server) throws -> Samples {
        let connection = try HTTPConnection(port: server.port)
        var samples = Samples()
        for _ in 0..<Self.exports {
            let start = ContinuousClock.now
            try connection.begin("GET", path)
            guard try connection.answer().status == 200 else { throw BenchmarkFailure("\(path) is refused") }
            samples.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        return samples
    }
}
