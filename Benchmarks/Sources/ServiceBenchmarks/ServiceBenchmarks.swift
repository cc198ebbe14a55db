import ArgumentParser
import Foundation

/// Measures the service from outside: CPU time and memory come from /proc, so that the client's work does not count.
@main
struct ServiceBenchmarks: ParsableCommand {
    static let works: [any Work] = [
        LargeUpload(), LargeDownload(), SmallFiles(), SlowUploads(), Listing(), Operations(), Monitoring(),
        Compressing(), UnderRuns(), CompressedFile(), LargeCatalog(),
        Processing(),
    ]

    @Option(help: "The release build of purser.")
    var program = ".build/release/purser"

    @Option(help: "An existing folder on the disk to be measured; what is made there is removed at the end.")
    var scratch = ".build"

    @Option(help: "Where the report goes, as JSON.")
    var output = ".build/benchmarks/latest.json"

    @Option(help: "An earlier report: prints the change, and fails where CPU time per unit grew by more than 10 %.")
    var base: String?

    @Option(help: "How often each measurement is repeated.")
    var repetitions = 5

    @Option(help: "Seconds that each load of small requests lasts.")
    var seconds = 5

    @Option(help: "Megabytes of the files that the optimizer compresses.")
    var corpus = 400

    @Option(help: "Mebibytes of the large file that the optimizer compresses.")
    var large = 1024

    @Option(help: "Files of the large catalog that the optimizer looks through.")
    var files = 1_000_000

    @Option(
        parsing: .upToNextOption,
        help: "Only these works: \(ServiceBenchmarks.works.map(\.name).joined(separator: ", "))."
    )
    var only: [String] = []

    @Flag(help: "Measure nginx, copyparty and rclone side by side, where they are installed.")
    var peers = false

    func run() throws {
        let scratch = URL(filePath: self.scratch).appending(path: "bench-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let bench = Bench(
            program: URL(filePath: self.program),
            scratch: scratch,
            repetitions: self.repetitions,
            loadSeconds: self.seconds,
            peers: self.peers ? Peer.installed(in: URL(filePath: ".build/peers")) : [],
            sizes: OptimizerSizes(
                corpusBytes: self.corpus * 1_000_000,
                largeBytes: self.large << 20,
                catalogFiles: self.files
            )
        )
        let works = Self.works.filter { self.only.isEmpty || self.only.contains($0.name) }
        guard !works.isEmpty else { throw ValidationError("no such work: \(self.only.joined(separator: ", "))") }
        var report = Report()
        Report.printHeading()
        for work in works { report.add(try work.run(bench)) }
        try report.write(to: URL(filePath: self.output))
        print("\nwritten to \(self.output)")
        let missed = report.rows.filter { $0.isHeld == false }
        print("\(report.rows.filter { $0.isHeld == true }.count) bars held, \(missed.count) missed")
        guard let base else { return }
        let worse = report.compare(with: try Report.read(URL(filePath: base)))
        if !worse.isEmpty { throw ExitCode.failure }
    }
}
