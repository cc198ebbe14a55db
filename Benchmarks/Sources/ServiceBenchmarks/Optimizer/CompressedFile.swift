import Foundation

/// One large file that is kept compressed: parts of it, all of it, and its bytes as they are kept.
struct CompressedFile: Work {
    let name = "optimizer-large"

    /// Parts that are read.
    private static let reads = 200
    private static let part = 4096

    func run(_ bench: Bench) throws -> [Row] {
        let content = try Self.makeContent(bench)
        return try Codec.allCases.flatMap { codec in
            try bench.withPurser("\(self.name)-\(codec.rawValue)", settings: codec.settings) { server in
                try self.measure(codec, content, server, bench)
            }
        }
    }

    /// Lines of a log; no frame is like another.
    private static func makeContent(_ bench: Bench) throws -> LargeFile {
        let file = try LargeFile(scratch: bench.scratch, name: "large-log", size: 0)
        let handle = try FileHandle(forWritingTo: file.file)
        var random = SeededRandom(seed: 7)
        let block = LogLines.make(bytes: min(bench.sizes.largeBytes, 64 << 20), &random)
        var left = bench.sizes.largeBytes
        while left > 0 {
            var block = block.prefix(left)
            // New numbers all over the block, so that no two are alike.
            for place in stride(from: 0, to: max(0, block.count - 8), by: 2_048) {
                let digits = Data(String(random.next() % 100_000_000 + 100_000_000).utf8.dropFirst())
                block.replaceSubrange(block.startIndex + place..<block.startIndex + place + 8, with: digits)
            }
            try handle.write(contentsOf: block)
            left -= block.count
        }
        try handle.close()
        return LargeFile(file: file.file, size: bench.sizes.largeBytes)
    }

    private func measure(_ codec: Codec, _ content: LargeFile, _ server: PurserServer, _ bench: Bench) throws -> [Row] {
        try content.upload(to: server.url("log"))
        _ = try OptimizerClient(server: server).run(["compression"])
        let ranges = try self.ranges(content, server)
        let kept = bench.scratch.appending(path: "kept-\(codec.rawValue)")
        let coding = ["-sSf", "-H", "Accept-Encoding: \(codec.rawValue)"]
        try Tool.run("curl", coding + ["-o", kept.path, server.url("log")])
        let keptBytes = try kept.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        guard keptBytes < content.size / 2 else { throw BenchmarkFailure("the file is not kept compressed") }
        let raw = try LargeFile(scratch: bench.scratch, name: "raw", size: keptBytes)
        try raw.upload(to: server.url("raw"))

        var decoded = Samples(), program = Samples(), asKept = Samples(), asRaw = Samples()
        for repetition in 0..<max(7, bench.repetitions) {
            let download = try seconds { try LargeFile.download(from: server.url("log")) }
            decoded.append(Double(content.size) / download / 1e6)
            if codec == .gzip {
                let time = try seconds { try Tool.run("sh", ["-c", "gzip -dc < '\(kept.path)' > /dev/null"]) }
                program.append(Double(content.size) / time / 1e6)
            }
            // Each goes first as often as the other: what comes after much work of others is slower.
            for isRaw in repetition.isMultiple(of: 2) ? [false, true] : [true, false] {
                if isRaw {
                    let time = try seconds { try LargeFile.download(from: server.url("raw")) }
                    asRaw.append(Double(raw.size) / time / 1e6)
                } else {
                    let time = try seconds { try Tool.run("curl", coding + ["-o", "/dev/null", server.url("log")]) }
                    asKept.append(Double(keptBytes) / time / 1e6)
                }
            }
        }
        let title = "\(codec.rawValue): \(content.size >> 20) MiB"
        var rows = [
            Row(name: "\(title), 4 KiB of it", unit: "ms", bar: .atMost(10), samples: ranges),
            Row(
                name: "\(title), decoded",
                unit: "MB/s",
                bar: codec == .zstd ? .atLeast(400) : .none,
                samples: decoded
            ),
            Row(name: "\(title), as kept / as much raw", unit: "ratio", bar: .atLeast(0.8), samples: asKept / asRaw),
        ]
        if codec == .gzip {
            rows.append(
                Row(
                    name: "\(title), decoded / `gzip -dc`",
                    unit: "ratio",
                    bar: .atLeast(0.8),
                    samples: decoded / program
                )
            )
        }
        return rows
    }

    /// Reads parts at random places, and compares them.
    ///
    /// - Returns: Milliseconds that each took.
    private func ranges(_ content: LargeFile, _ server: PurserServer) throws -> Samples {
        let connection = try HTTPConnection(port: server.port)
        let file = try FileHandle(forReadingFrom: content.file)
        var random = SeededRandom(seed: 8)
        var times = Samples()
        for _ in 0..<Self.reads {
            let offset = Int.random(in: 0...content.size - Self.part, using: &random)
            let start = ContinuousClock.now
            try connection.begin("GET", server.path(of: "log"), ["Range: bytes=\(offset)-\(offset + Self.part - 1)"])
            let answer = try connection.answer()
            times.append((ContinuousClock.now - start) / .milliseconds(1))
            try file.seek(toOffset: UInt64(offset))
            guard answer.status == 206, try file.read(upToCount: Self.part) == answer.body else {
                throw BenchmarkFailure("a part of the file at \(offset) is not as it was stored")
            }
        }
        return times
    }
}
