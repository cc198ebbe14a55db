import Foundation

/// Downloads of 1 GiB that the system has in its cache, one at a time; and the same content stored again.
struct LargeDownload: Work {
    let name = "large-download"

    func run(_ bench: Bench) throws -> [Row] {
        let file = try LargeFile(scratch: bench.scratch, name: "large-to-get", size: 1 << 30)
        return try bench.withServers(self.name) { servers in
            var cpu = servers.map { _ in Samples() }
            var rate = servers.map { _ in Samples() }
            for server in servers { try file.upload(to: server.url("large")) }
            for _ in 0..<max(5, bench.repetitions) {
                for (index, server) in servers.enumerated() {
                    var elapsed = 0.0
                    let cost = try server.cost {
                        elapsed = try seconds { try LargeFile.download(from: server.url("large")) }
                    }
                    cpu[index].append(cost.cpu)
                    rate[index].append(1024 / elapsed)
                }
            }
            var rows = [
                Row(
                    name: "1 GiB download, CPU",
                    unit: "CPU-s/GiB",
                    bar: .atMost(0.6),
                    samples: cpu[0],
                    isCost: true
                ),
                Row(name: "1 GiB download, throughput", unit: "MiB/s", bar: .none, samples: rate[0]),
            ]
            for (index, server) in servers.enumerated().dropFirst() {
                rows += [
                    Row(
                        name: "  \(server.name): 1 GiB download, CPU",
                        unit: "CPU-s/GiB",
                        bar: .none,
                        samples: cpu[index]
                    ),
                    Row(
                        name: "  1 GiB download, throughput / \(server.name)",
                        unit: "ratio",
                        bar: server.name == "nginx" ? .atLeast(0.8) : .none,
                        samples: rate[0] / rate[index]
                    ),
                ]
            }
            if let purser = servers.first as? PurserServer { rows.append(try self.again(file, purser)) }
            return rows
        }
    }

    /// Stores the content under a second name.
    private func again(_ file: LargeFile, _ server: PurserServer) throws -> Row {
        func used() throws -> Double {
            let text = try Tool.run("du", ["-s", "--block-size=1", server.folder.path])
            return text.split(separator: "\t").first.flatMap { Double($0) } ?? .nan
        }
        let before = try used()
        try file.upload(to: server.url("large-again"))
        let growth = (try used() - before) / 1024
        return Row(name: "the same 1 GiB again, disk", unit: "KiB", bar: .atMost(63.99), samples: Samples([growth]))
    }
}
