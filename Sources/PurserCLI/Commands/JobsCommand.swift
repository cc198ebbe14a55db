import ArgumentParser
import Foundation
import Purser
import PurserIdentifiers
import PurserOperations

/// `purser jobs`.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "See what jobs did, and cancel them.",
        discussion: """
            EXAMPLES:
              purser jobs
              purser jobs list --state failed
              purser jobs report 01890a5d-ac96-774b-bcce-b302099a8057
              purser jobs cancel 01890a5d-ac96-774b-bcce-b302099a8057
              purser jobs warm image photos/2026/
            """,
        subcommands: [
            JobListCommand.self, JobShowCommand.self, JobReportCommand.self, JobHistoryCommand.self,
            JobCancelCommand.self, JobWarmCommand.self,
        ],
        defaultSubcommand: JobListCommand.self
    )
}

/// `purser jobs list`.
struct JobListCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List jobs, the newest first.")

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var page: PageOptions

    @Option(
        help: ArgumentHelp("Only those that stand so: \(Words.of(OperationState.self)).", valueName: "state"),
        transform: Words.one
    )
    var state: OperationState?

    @Option(help: ArgumentHelp("Only those of this pipeline.", valueName: "name"))
    var pipeline: String?

    func run(in session: Session) async throws {
        let query = JobQuery(
            state: self.state?.rawValue,
            pipeline: self.pipeline,
            after: self.page.after,
            limit: self.page.limit
        )
        let data = try await session.withService { try await $0.jobs(query) }
        guard !session.console.style.isJSON else { return try session.console.result(data: data) }
        let list = try RemoteService.decode(JobSummaryList.self, from: data, by: DocumentCoding.decode)
        try session.console.results(list.jobs.map(\.line))
        if list.jobs.isEmpty { session.console.note("there are no such jobs") }
        if let next = list.nextCursor { session.console.note("there are more: --after \(next)") }
    }
}

/// `purser jobs show`.
struct JobShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show how a job stands.")

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The job.", valueName: "id"), transform: JobID.checked)
    var id: String

    func run(in session: Session) async throws {
        let id = self.id
        let data = try await session.withService { try await $0.job(id) }
        guard !session.console.style.isJSON else { return try session.console.result(data: data) }
        try session.console.results(JobSummary.read(data).lines)
    }
}

/// `purser jobs report`.
struct JobReportCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show what a job did with each file: steps, times, results, failures.",
        discussion: "With --json a document for each page, in one line; a page has 1,000 files at most."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Flag(help: "Only files without a result.")
    var failed = false

    @Argument(help: ArgumentHelp("The job.", valueName: "id"), transform: JobID.checked)
    var id: String

    func run(in session: Session) async throws {
        let (id, onlyFailed, console) = (self.id, self.failed, session.console)
        try await session.withService { service in
            guard !console.style.isJSON else { return try await Self.write(id, of: service, on: console) }
            try console.results(JobSummary.read(try await service.job(id)).lines)
            try await JobReportSummary.pages(of: id, from: service) { items in
                for item in items where item.isFailed || !onlyFailed { try console.results(item.lines) }
            }
        }
    }

    private static func write(_ id: String, of service: any StorageService, on console: Console) async throws {
        var cursor: String?
        repeat {
            let page = try await service.jobReport(id, after: cursor, limit: 1000)
            try console.result(data: page)
            cursor = try RemoteService.decode(JobReportSummary.self, from: page, by: DocumentCoding.decode).nextCursor
        } while cursor != nil
    }
}

/// `purser jobs history`.
struct JobHistoryCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "history", abstract: "Show what a job went through.")

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The job.", valueName: "id"), transform: JobID.checked)
    var id: String

    func run(in session: Session) async throws {
        let id = self.id
        let data = try await session.withService { try await $0.jobHistory(id) }
        guard !session.console.style.isJSON else { return try session.console.result(data: data) }
        let entries = try RemoteService.decode(OperationHistoryDocument.self, from: data).entries
        try session.console.results(entries.map(\.line))
    }
}

/// `purser jobs cancel`.
struct JobCancelCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel a job; what it has made stays."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The job.", valueName: "id"), transform: JobID.checked)
    var id: String

    func run(in session: Session) async throws {
        let id = self.id
        let data = try await session.withService { try await $0.cancelJob(id) }
        if session.console.style.isJSON { try session.console.result(data: data) }
        try session.console.done("asked job \(id) to stop")
    }
}

/// `purser jobs warm`.
struct JobWarmCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "warm",
        abstract: "Take results that a server keeps of a pipeline into its memory.",
        discussion: "Of the files whose keys begin with PREFIX, as far as there is room. Nothing is processed."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var bucket: BucketOption

    @Argument(help: ArgumentHelp("The pipeline.", valueName: "pipeline"))
    var pipeline: String

    @Argument(help: ArgumentHelp("What keys begin with; '' for all.", valueName: "prefix"))
    var prefix: String

    func run(in session: Session) async throws {
        let (pipeline, bucket, prefix) = (self.pipeline, try self.bucket.bucket(), self.prefix)
        // The memory of a process of one command would be gone at once.
        let data = try await session.withServer {
            try await $0.warmResults(of: pipeline, bucket: bucket, prefix: prefix)
        }
        if session.console.style.isJSON { try session.console.result(data: data) }
        let warmed = try RemoteService.decode(Warmed.self, from: data)
        try session.console.done("\(warmed.results) results are in memory")
    }

    private struct Warmed: Decodable {
        var results: Int
    }
}

/// The id of a job on the command line.
enum JobID {
    /// The id as it stands: any text, for the server knows best, but nothing, which would ask for all jobs.
    static func checked(_ text: String) throws -> String {
        guard !text.isEmpty else { throw ValidationError("ID takes the id of a job.") }
        return text
    }
}

extension Console {
    /// Writes a document as the service wrote it.
    func result(data: Data) throws {
        try self.result(String(decoding: data, as: UTF8.self))
    }
}
