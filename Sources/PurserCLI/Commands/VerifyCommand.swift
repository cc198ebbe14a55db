import ArgumentParser
import Foundation
import Purser

/// `purser verify`.
struct VerifyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every stored content again, and compare it with its digest.",
        discussion: """
            What is damaged is moved to quarantine, and its files answer an error until good bytes come. With --repair those \
            are looked for in a folder (any, a backup, or the folder of another store), or in another Purser under the same \
            names; only bytes with the right SHA-256 are taken. Ends with 1 where damage stays.

            EXAMPLES:
              purser verify
              purser verify --repair --from /mnt/backup
              purser verify --repair --from http://other.example:8080
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Flag(help: "Put good bytes in the place of damaged ones.")
    var repair = false

    @Option(help: ArgumentHelp("Where good bytes may be: a folder, or the URL of a server.", valueName: "dir|url"))
    var from: String?

    func validate() throws {
        guard self.repair == (self.from != nil) else { throw ValidationError("--repair and --from go together.") }
    }

    func run(in session: Session) async throws {
        let place = try self.from.map { try RepairPlace($0) }
        let display = RunDisplay(console: session.console)
        defer { display.end() }
        let outcome = try await session.withService { service in
            let request = OptimizeRequest(strategies: [.verification], verifiesAll: true)
            let run = try await service.optimize(request, follows: true) { display.show($0) }
            display.end()
            try run.requireDone()
            var damaged = try await DamagedFiles.find(in: service)
            var healed = 0
            if let place, !damaged.isEmpty {
                healed = try await place.withSource { source in
                    try await ContentRepair(service: service, source: source, console: session.console).heal(damaged)
                }
                damaged = try await DamagedFiles.find(in: service)
            }
            return Outcome(run: run, healedContents: healed, damaged: damaged)
        }
        if session.console.style.isJSON {
            try session.console.result(document: outcome)
        } else {
            try session.console.results(RunText.report(outcome.run))
            if self.repair { try session.console.result("\(outcome.healedContents) contents healed") }
            try session.console.results(outcome.damaged.map { "damaged   \($0.bucket)/\($0.key)" })
        }
        guard outcome.damaged.isEmpty else {
            throw CommandError("\(outcome.damaged.count) files are damaged", code: "content_damaged")
        }
    }

    private struct Outcome: Encodable, Sendable {
        var run: OptimizerRunDocument
        var healedContents: Int
        var damaged: [FileDocument]
    }
}
