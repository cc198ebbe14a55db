/// Uploads of 1 GiB, one at a time, each of a content that is new.
struct LargeUpload: Work {
    let name = "large-upload"

    func run(_ bench: Bench) throws -> [Row] {
        let file = try LargeFile(scratch: bench.scratch, name: "large", size: 1 << 30)
        return try bench.withServers(self.name) { servers in
            var user = Samples()
            var cpu = servers.map { _ in Samples() }
            var rate = servers.map { _ in Samples() }
            for repetition in 0..<max(5, bench.repetitions) {
                try file.renew()
                for (index, server) in servers.enumerated() {
                    var elapsed = 0.0
                    let cost = try server.cost {
                        elapsed = try seconds { try file.upload(to: server.url("large-\(repetition)")) }
                    }
                    if index == 0 { user.append(cost.user) }
                    cpu[index].append(cost.cpu)
                    rate[index].append(1024 / elapsed)
                }
            }
            var rows = [
                Row(
                    name: "1 GiB upload, user time",
                    unit: "CPU-s/GiB",
                    bar: .atMost(1.0),
                    samples: user,
                    countsBest: true,
                    isCost: true
                ),
                Row(
                    name: "1 GiB upload, user and system time",
                    unit: "CPU-s/GiB",
                    bar: .atMost(2.0),
                    samples: cpu[0],
                    countsBest: true
                ),
                Row(name: "1 GiB upload, throughput", unit: "MiB/s", bar: .none, samples: rate[0]),
            ]
            for (index, server) in servers.enumerated().dropFirst() {
                rows.append(
                    Row(
                        name: "  \(server.name): 1 GiB upload, CPU",
                        unit: "CPU-s/GiB",
                        bar: .none,
                        samples: cpu[index],
                        countsBest: true
                    )
                )
                rows.append(
                    Row(name: "  \(server.name): throughput", unit: "MiB/s", bar: .none, samples: rate[index])
                )
            }
            return rows
        }
    }
}
