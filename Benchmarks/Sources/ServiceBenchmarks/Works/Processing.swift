import Foundation

/// Jobs: what they take beside the bare tools, and what a batch does to the machine.
struct Processing: Work {
    let name = "processing"

    private static let steps = 1_000, flakyFiles = 300

    func run(_ bench: Bench) throws -> [Row] {
        let files = try ProcessingFiles(scratch: bench.scratch)
        // The log of requests and of jobs is not what is measured.
        let settings = [
            "processing.pipelines=\(files.pipelines.path)", "log.requests=false", "server.shutdown_grace=1s",
        ]
        var rows = try bench.withPurser("processing", settings: settings) { server in
            try self.single(bench, server, files) + self.many(server, JobClient(server))
        }
        rows += try bench.withPurser("processing-batch", settings: settings) { server in
            try ImageBatch().run(server, files)
        }
        rows += try JobQueue().run(bench, settings)
        return rows
    }

    /// One file after the other.
    private func single(_ bench: Bench, _ server: PurserServer, _ files: ProcessingFiles) throws -> [Row] {
        let client = try JobClient(server)
        var photo = Samples(), document = Samples(), cached = Samples()
        for number in 0..<bench.repetitions {
            try client.put("photo-\(number).jpg", ProcessingFiles.another(files.photo, number), at: server)
            photo.append(try client.time("image", key: "photo-\(number).jpg") / 1_000)
            cached.append(try client.time("image", key: "photo-\(number).jpg"))
            try client.put("page-\(number).pdf", ProcessingFiles.another(files.document, number), at: server)
            document.append(try client.time("document", key: "page-\(number).pdf") / 1_000)
        }
        return [
            Row(name: "12-megapixel JPEG: metadata, thumbnails", unit: "s", bar: .atMost(3), samples: photo),
            Row(name: "the same again, from the cache", unit: "ms", bar: .atMost(10), samples: cached),
            Row(name: "PDF of one page: text, layout, JSON", unit: "s", bar: .atMost(3), samples: document),
            try self.overhead(bench, server, files.photo, "bench-thumbnail", "vips") {
                ProcessingFiles.thumbnailArguments($0, $1 + ".jpg")
            },
            try self.overhead(bench, server, files.document, "bench-text", "pdftotext") { [$0, $1 + ".txt"] },
        ]
    }

    /// What the service adds to a tool, each time measured right after the tool alone.
    private func overhead(
        _ bench: Bench,
        _ server: PurserServer,
        _ content: Data,
        _ pipeline: String,
        _ tool: String,
        _ arguments: (_ input: String, _ output: String) -> [String]
    ) throws -> Row {
        let client = try JobClient(server)
        let input = bench.scratch.appending(path: "\(pipeline)-input")
        try content.write(to: input)
        try client.put(pipeline, content, at: server)
        var bare = Samples(), added = Samples()
        for _ in 0..<max(5, bench.repetitions) {
            let output = bench.scratch.appending(path: "\(pipeline)-output").path
            let alone = try Tool.time(tool, arguments(input.path, output)) * 1_000
            bare.append(alone)
            added.append(try client.time(pipeline, key: pipeline) - alone)
        }
        return Row(
            name: "\(tool): what the service adds",
            unit: "ms",
            bar: .atMost(max(50, 0.15 * bare.median)),
            samples: added
        )
    }

    /// Many little steps, and steps of which every third fails and may pass.
    private func many(_ server: PurserServer, _ client: JobClient) throws -> [Row] {
        for number in 0..<Self.steps { try client.put("small/\(number)", Data("file \(number)".utf8), at: server) }
        for number in 0..<Self.flakyFiles { try client.put("flaky/\(number)", Data("file \(number)".utf8), at: server) }
        let workers = 4
        var added = Samples()
        for _ in 0..<3 {
            let bare = try Tool.time("sh", ["-c", "seq \(Self.steps) | xargs -n 1 -P \(workers) true"])
            let start = ContinuousClock.now
            let job = try client.end(of: try client.start("bench-true", prefix: "small/").id, interval: 10_000)
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            guard job.files.succeeded == Self.steps else { throw BenchmarkFailure("\(job.files.failed) files failed") }
            added.append((elapsed - bare) / Double(Self.steps) * 1_000)
        }
        let flaky = try client.end(of: try client.start("bench-flaky", prefix: "flaky/").id, interval: 10_000)
        let share = Double(flaky.files.succeeded) / Double(Self.flakyFiles) * 100
        return [
            Row(name: "1,000 files through 'true', what each adds", unit: "ms", bar: .atMost(5), samples: added),
            Row(
                name: "files that succeed, every third step failing",
                unit: "%",
                bar: .atLeast(99),
                samples: Samples([share])
            ),
        ]
    }
}
