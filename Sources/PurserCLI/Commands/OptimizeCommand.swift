import ArgumentParser
import Foundation
import Purser

/// `purser optimize`.
struct OptimizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "optimize",
        abstract: "Win space, and see what that did.",
        discussion: """
            EXAMPLES:
              purser optimize --dry-run
              purser optimize --strategy compression --strategy collection --watch
              purser optimize stats
              purser optimize runs
            """,
        subcommands: [
            OptimizeRunCommand.self, OptimizeRunsCommand.self, OptimizeShowCommand.self, OptimizeRemovalsCommand.self,
            OptimizeDuplicatesCommand.self, OptimizeStatsCommand.self,
        ],
        defaultSubcommand: OptimizeRunCommand.self
    )
}

/// `purser optimize run`.
struct OptimizeRunCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Do a run.",
        discussion: """
            On a server the run goes on by itself unless --watch is given; a dry run is always waited for, and so is a run \
            on a store that no server holds. Ctrl-C cancels a run that is waited for; what it did by then stays done.
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Flag(help: "Find out what would be saved, and change nothing.")
    var dryRun = false

    @Option(
        name: .customLong("strategy"),
        help: ArgumentHelp(
            "Only this: \(StrategyName.allCases.map(\.rawValue).joined(separator: ", ")). Can be repeated. (default: those of the settings)",
            valueName: "name"
        ),
        transform: Self.strategy
    )
    var strategies: [StrategyName] = []

    @Flag(help: "Wait for its end, and show how far it is.")
    var watch = false

    private static func strategy(_ name: String) throws -> StrategyName {
        guard let strategy = StrategyName(rawValue: name) else {
            let names = StrategyName.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(name)' is none of \(names).")
        }
        return strategy
    }

    func run(in session: Session) async throws {
        let request = OptimizeRequest(strategies: Set(self.strategies), isDryRun: self.dryRun)
        let follows = self.watch || self.dryRun
        let display = RunDisplay(console: session.console)
        defer { display.end() }
        let run = try await session.withService { service in
            try await service.optimize(request, follows: follows) { display.show($0) }
        }
        display.end()
        if session.console.style.isJSON {
            try session.console.result(document: run)
        } else if run.state == RunState.running.rawValue {
            try session.console.result("\(run.id)")
            session.console.note(
                "the run has begun; see 'purser optimize show \(run.id)', or stop it with 'purser operations cancel "
                    + "\(run.operationId)'"
            )
        } else {
            try session.console.results(RunText.report(run))
        }
        try run.requireDone()
    }
}

/// `purser optimize runs`.
struct OptimizeRunsCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "runs", abstract: "List runs, the newest first.")

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var page: PageOptions

    func run(in session: Session) async throws {
        let (cursor, limit) = (self.page.after, self.page.limit)
        let list = try await session.withService { try await $0.optimizerRuns(after: cursor, limit: limit) }
        guard !session.console.style.isJSON else { return try session.console.result(document: list) }
        try session.console.results(list.runs.map(RunText.line))
        session.console.tellNext(list.nextCursor)
    }
}

/// `purser optimize show`.
struct OptimizeShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the report of a run.")

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The run.", valueName: "id"))
    var id: String

    func run(in session: Session) async throws {
        let id = self.id
        let run = try await session.withService { try await $0.optimizerRun(id) }
        guard !session.console.style.isJSON else { return try session.console.result(document: run) }
        try session.console.results(RunText.report(run))
    }
}

/// `purser optimize removals`.
struct OptimizeRemovalsCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "removals",
        abstract: "List the files that a run removed, and why."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var page: PageOptions

    @Argument(help: ArgumentHelp("The run.", valueName: "id"))
    var id: String

    func run(in session: Session) async throws {
        let (id, cursor, limit) = (self.id, self.page.after, self.page.limit)
        let list = try await session.withService { try await $0.removals(ofRun: id, after: cursor, limit: limit) }
        guard !session.console.style.isJSON else { return try session.console.result(document: list) }
        try session.console.results(
            list.removals.map { removal in
                "\(removal.time)  \(removal.strategy.padding(to: 13))  \(ByteText.short(removal.size).padded(to: 8))  "
                    + "\(removal.bucket)/\(removal.key)  (\(removal.reason))"
            }
        )
        session.console.tellNext(list.nextCursor)
    }
}

/// `purser optimize duplicates`.
struct OptimizeDuplicatesCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "duplicates",
        abstract: "List contents that several files have, those that save most first."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var page: PageOptions

    func run(in session: Session) async throws {
        let (cursor, limit) = (self.page.after, self.page.limit)
        let list = try await session.withService { try await $0.duplicates(after: cursor, limit: limit) }
        guard !session.console.style.isJSON else { return try session.console.result(document: list) }
        try session.console.results(
            list.duplicates.flatMap { group in
                [
                    "\(group.sha256)  \(group.files) files of \(ByteText.short(group.size)), saves "
                        + ByteText.short(group.savedBytes)
                ] + group.names.map { "  \($0.bucket)/\($0.key)" }
            }
        )
        session.console.tellNext(list.nextCursor)
    }
}

/// `purser optimize stats`.
struct OptimizeStatsCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show what was saved, and what there is to do."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    func run(in session: Session) async throws {
        let stats = try await session.withService { try await $0.optimizerStats() }
        guard !session.console.style.isJSON else { return try session.console.result(document: stats) }
        try session.console.results(RunText.stats(stats))
    }
}

/// Which part of a list is wanted.
struct PageOptions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("How many at most; 1 to 1000.", valueName: "count"))
    var limit = 100

    @Option(help: ArgumentHelp("Go on where a page ended.", valueName: "cursor"))
    var after: String?

    func validate() throws {
        guard (1...1000).contains(self.limit) else { throw ValidationError("--limit takes 1 to 1000.") }
    }
}

extension Console {
    /// Writes a document about the service as the API does.
    func result(document: some Encodable) throws {
        try self.result(String(decoding: try DocumentCoding.encode(document), as: UTF8.self))
    }

    /// Says how to see the next page, where there is one.
    fileprivate func tellNext(_ cursor: String?) {
        if let cursor { self.note("there are more: --after \(cursor)") }
    }
}

extension OptimizerRunDocument {
    /// - Throws: ``CommandError`` where the run failed or was cancelled.
    func requireDone() throws {
        switch self.state {
        case RunState.failed.rawValue:
            throw CommandError("run \(self.id) failed: \(self.error ?? "nobody knows why")", code: "run_failed")
        case RunState.cancelled.rawValue: throw CommandError("run \(self.id) was cancelled", code: "run_cancelled")
        default: return
        }
    }
}
