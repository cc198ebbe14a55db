import ArgumentParser
import Foundation
import Purser

/// `purser metrics`.
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "See how well a server does, and export what it measures.",
        discussion: """
            EXAMPLES:
              purser metrics
              purser metrics --watch --interval 10s --duration 300s
              purser metrics --output metrics.json
              purser metrics --output - --format prometheus
              purser metrics series response_time --step 5m
              purser metrics record ocr.pages 12 --tag language=de
            """,
        subcommands: [MetricsShowCommand.self, MetricsSeriesCommand.self, MetricsRecordCommand.self],
        defaultSubcommand: MetricsShowCommand.self
    )
}

/// `purser metrics show`.
struct MetricsShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show or export what is measured now.",
        discussion: """
            With --watch again and again, until the duration is over or Ctrl-C, which both end it with 0. With --json the \
            whole document in one line, with --watch one for each look.
            """
    )

    /// The time between two looks where the user says nothing.
    private static let usualInterval = Duration.seconds(10)

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Write an export to a file, in one step; - is standard output.", valueName: "file"),
        completion: .file()
    )
    var output: String?

    @Option(
        help: ArgumentHelp(
            "What the export is: \(Words.of(MetricsFormat.self)); json without this.",
            valueName: "format"
        ),
        transform: Words.one
    )
    var format: MetricsFormat?

    @Flag(name: [.short, .long], help: "Show it again and again.")
    var watch = false

    @Option(help: ArgumentHelp("Time between two looks, from 1s; 10s without this.", valueName: "time"))
    var interval: DurationArgument?

    @Option(help: ArgumentHelp("How long to watch; until Ctrl-C without this.", valueName: "time"))
    var duration: DurationArgument?

    func validate() throws {
        if self.output?.isEmpty == true { throw ValidationError("--output takes the path of a file.") }
        if self.output == nil, self.format != nil { throw ValidationError("--format says what --output writes.") }
        if self.output != nil, self.watch { throw ValidationError("--watch shows, and --output writes: choose one.") }
        if self.output == "-", self.common.json { throw ValidationError("--output - leaves no room for --json.") }
        if !self.watch, self.interval != nil || self.duration != nil {
            throw ValidationError("--interval and --duration go with --watch.")
        }
        if let interval, interval.duration < .seconds(1) { throw ValidationError("--interval takes 1s or more.") }
    }

    func run(in session: Session) async throws {
        try await self.run(in: session, clock: ContinuousClock())
    }

    /// Does the work by a clock of the caller's.
    func run<Time: Clock>(in session: Session, clock: Time) async throws where Time.Duration == Duration {
        if let output { return try await self.export(to: output, in: session) }
        let console = session.console
        guard self.watch else {
            let data = try await session.withServer { try await $0.metrics() }
            return try Self.show(data, on: console)
        }
        let watch = MetricsWatch(
            interval: self.interval?.duration ?? Self.usualInterval,
            duration: self.duration?.duration,
            clock: clock
        )
        try await session.withServer { service in
            try await watch.run { count in
                let data = try await service.metrics()
                if console.style.isOutputScreen, !console.style.isJSON {
                    return try console.page(try MetricsOverview.read(data).lines)
                }
                if count > 0, !console.style.isJSON { try console.result(String(repeating: "-", count: 40)) }
                try Self.show(data, on: console)
            }
        }
    }

    private static func show(_ data: Data, on console: Console) throws {
        guard !console.style.isJSON else { return try console.result(String(decoding: data, as: UTF8.self)) }
        try console.results(try MetricsOverview.read(data).lines)
    }

    private func export(to target: String, in session: Session) async throws {
        let file = MetricsExportFile(target: target, format: self.format ?? .json)
        let bytes = try await session.withServer { try await file.bytes(from: $0) }
        try await file.write(bytes, on: session.console)
        guard target != "-" else { return }
        if session.console.style.isJSON {
            let document = ExportedDocument(path: target, format: file.format.rawValue, bytes: bytes.count)
            try session.console.result(JSONText.encode(document))
        }
        try session.console.done("wrote \(target) (\(ByteText.short(Int64(bytes.count))) of \(file.format.rawValue))")
    }

    /// What `--json` says of an export.
    private struct ExportedDocument: Encodable {
        var path: String
        var format: String
        var bytes: Int
    }
}
