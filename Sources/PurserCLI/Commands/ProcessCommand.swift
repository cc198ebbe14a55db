import ArgumentParser
import Foundation
import PurserIdentifiers

/// `purser process`.
struct ProcessCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "process",
        abstract: "Run a pipeline over files.",
        discussion: """
            Local files are stored first, under uploads/ and their names; one that is there with the same content is not \
            sent again. A FILE that is no local file is a key of the bucket. Results are files of the same bucket, under \
            .derived/ unless the pipeline or the settings say otherwise.

            On a server the job goes on by itself, and its id is printed; with --wait a bar shows how far it is, and each \
            file that failed has a line. Without a server it is always waited for. Ctrl-C cancels a job that is waited for; \
            what it has made by then stays.

            EXAMPLES:
              purser process image photo.jpg --wait
              purser process document --prefix scans/2026/
              purser process image *.png --parameter size=512 --priority background
              purser process document *.pdf --plan
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var bucket: BucketOption

    @Argument(help: ArgumentHelp("The pipeline; see 'purser pipelines'.", valueName: "pipeline"))
    var pipeline: String

    @Argument(help: ArgumentHelp("Local files, or keys of the bucket.", valueName: "file"), completion: .file())
    var files: [String] = []

    @Option(help: ArgumentHelp("Process all files of the bucket whose keys begin so.", valueName: "prefix"))
    var prefix: String?

    @Flag(help: "Take every FILE for a key, also where there is such a local file.")
    var keys = false

    @Option(help: ArgumentHelp("What comes before the names of local files.", valueName: "prefix"))
    var uploadTo = "uploads/"

    @Option(
        name: .customLong("parameter"),
        help: ArgumentHelp("Give the pipeline a value; may be repeated.", valueName: "name=value")
    )
    var parameters: [SettingFlag] = []

    @Option(
        help: ArgumentHelp(
            "When its files take their turn: \(Words.of(JobSubmission.Priority.self)).",
            valueName: "priority"
        ),
        transform: Words.one
    )
    var priority: JobSubmission.Priority?

    @Option(help: ArgumentHelp("End the job after so long, such as 2h.", valueName: "duration"))
    var timeout: DurationArgument?

    @Option(help: ArgumentHelp("Post the job's document there once it has ended.", valueName: "url"))
    var callbackURL: String?

    @Flag(help: "Wait for its end, and show how far it is.")
    var wait = false

    @Flag(help: "Say how many files would go at the same time and why, and do nothing.")
    var plan = false

    func validate() throws {
        guard self.files.isEmpty != (self.prefix == nil) else {
            throw ValidationError("Say which files: either FILE…, or --prefix PREFIX.")
        }
        if self.files.contains("") { throw ValidationError("FILE is empty.") }
        if self.keys, self.files.isEmpty { throw ValidationError("--keys goes with FILE….") }
    }

    func run(in session: Session) async throws {
        let bucket = try self.bucket.bucket()
        let console = session.console
        // A store may be made where there is something to put into it.
        try await session.withService(creates: !self.files.isEmpty && !self.plan, processes: !self.plan) { service in
            // Before anything is sent: a pipeline that cannot run is told at once.
            let pipeline = try await PipelineSummaryList.fetch(from: service).pipeline(self.pipeline)
            let values = try JobParameters.values(self.parameters, of: pipeline)
            let files = try await JobFiles(
                self.files,
                areKeys: self.keys,
                in: bucket,
                under: self.uploadTo,
                of: service
            )
            if self.plan { return try await self.tellPlan(files, in: bucket, of: service, on: console) }
            if pipeline.state == "unavailable" {
                throw CommandError(
                    "the pipeline '\(pipeline.name)' cannot run: \(pipeline.reason ?? "nobody knows why")",
                    code: "pipeline_unavailable"
                )
            }
            let (places, failed) = try await files.upload(to: service, on: console)
            for failure in failed { console.failure(failure.error, of: failure.name) }
            if places.isEmpty, self.prefix == nil { throw FailedTransfers(count: failed.count) }
            var submission = JobSubmission(pipeline: pipeline.name, inputs: places, parameters: values)
            submission.prefix = self.prefix.map { FilePrefix(bucket: bucket, prefix: $0) }
            submission.priority = self.priority
            submission.timeout = self.timeout.map { $0.duration / .seconds(1) }
            submission.callbackURL = self.callbackURL
            // A request whose answer was lost can be made again.
            submission.idempotencyKey = UUID().uuidString.lowercased()
            let run = JobRun(service: service, console: console)
            try await run.run(submission, waits: self.wait)
            guard failed.isEmpty else { throw FailedTransfers(count: failed.count) }
        }
    }

    private func tellPlan(
        _ files: JobFiles,
        in bucket: BucketName,
        of service: any StorageService,
        on console: Console
    ) async throws {
        var count = files.files.count
        var bytes = files.bytes
        if let prefix {
            var walk = FileWalk(FileQuery(bucket: bucket, prefix: prefix), of: service)
            while let file = try await walk.nextFile() {
                count += 1
                bytes += file.size
            }
        }
        guard count > 0 else { throw CommandError("there are no such files", code: "file_not_found") }
        let data = try await service.planJob(count: count, averageBytes: bytes / Int64(count))
        guard !console.style.isJSON else { return try console.result(String(decoding: data, as: UTF8.self)) }
        let plan = try RemoteService.decode(JobPlanSummary.self, from: data)
        try console.results(
            ["\(count) \(count == 1 ? "file" : "files"), \(ByteText.short(bytes))"] + plan.lines
        )
    }
}
