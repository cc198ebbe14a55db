/// Files of 4 KiB over 16 connections that are kept: stored durably, each of a content that is new, and fetched.
struct SmallFiles: Work {
    let name = "small"

    private struct Load {
        var putRate = Samples(), putCPU = Samples(), putP99 = Samples()
        var getRate = Samples(), getCPU = Samples()
    }

    func run(_ bench: Bench) throws -> [Row] {
        let wrk = try Wrk(scratch: bench.scratch)
        let loads = try bench.withServers(self.name) { servers in
            var loads = servers.map { ($0.name, Load()) }
            for run in 0..<bench.repetitions {
                for (index, server) in servers.enumerated() {
                    try self.measure(server, wrk, run: run, seconds: bench.loadSeconds, into: &loads[index].1)
                }
            }
            return loads
        }
        return self.rows(loads[0].1, peers: Array(loads.dropFirst()))
    }

    private func measure(_ server: any Server, _ wrk: Wrk, run: Int, seconds: Int, into load: inout Load) throws {
        var result: Wrk.Result?
        let putCost = try server.cost {
            result = try wrk.run(.put, on: server, connections: 16, seconds: seconds, run: run)
        }
        guard let puts = result else { return }
        load.putRate.append(puts.perSecond)
        load.putCPU.append(putCost.cpu / puts.requests * 1e6)
        load.putP99.append(puts.p99 * 1000)
        let files = min(1000, Int(puts.requests) - 16)
        let getCost = try server.cost {
            result = try wrk.run(.get, on: server, connections: 16, seconds: seconds, run: run, files: files)
        }
        guard let gets = result else { return }
        load.getRate.append(gets.perSecond)
        load.getCPU.append(getCost.cpu / gets.requests * 1e6)
    }

    private func rows(_ own: Load, peers: [(String, Load)]) -> [Row] {
        var rows = [
            Row(name: "4 KiB uploads", unit: "per second", bar: .none, samples: own.putRate),
            Row(name: "4 KiB uploads, CPU", unit: "µs each", bar: .none, samples: own.putCPU, isCost: true),
            Row(name: "4 KiB uploads, 99th percentile", unit: "ms", bar: .atMost(50), samples: own.putP99),
            Row(name: "4 KiB downloads", unit: "per second", bar: .atLeast(15_000), samples: own.getRate),
            Row(name: "4 KiB downloads, CPU", unit: "µs each", bar: .atMost(60), samples: own.getCPU, isCost: true),
        ]
        for (name, load) in peers {
            let bars: (put: Row.Bar, get: Row.Bar) =
                switch name {
                case "nginx": (.atLeast(0.5), .none)
                case "copyparty": (.atLeast(2.5), .atLeast(2))
                default: (.none, .none)
                }
            rows += [
                Row(name: "  \(name): 4 KiB uploads", unit: "per second", bar: .none, samples: load.putRate),
                Row(name: "  \(name): 4 KiB uploads, CPU", unit: "µs each", bar: .none, samples: load.putCPU),
                Row(
                    name: "  4 KiB uploads / \(name)",
                    unit: "ratio",
                    bar: bars.put,
                    samples: own.putRate / load.putRate
                ),
                Row(name: "  \(name): 4 KiB downloads", unit: "per second", bar: .none, samples: load.getRate),
                Row(name: "  \(name): 4 KiB downloads, CPU", unit: "µs each", bar: .none, samples: load.getCPU),
                Row(
                    name: "  4 KiB downloads / \(name)",
                    unit: "ratio",
                    bar: bars.get,
                    samples: own.getRate / load.getRate
                ),
            ]
        }
        return rows
    }
}
