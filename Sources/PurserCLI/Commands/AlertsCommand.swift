import ArgumentParser
import Foundation
import Purser

/// `purser alerts`.
struct AlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts",
        abstract: "See what a server warns of, and say that somebody knows.",
        discussion: """
            EXAMPLES:
              purser alerts
              purser alerts --state firing
              purser alerts show 01890a5d-ac96-774b-bcce-b302099a8057
              purser alerts acknowledge 01890a5d-ac96-774b-bcce-b302099a8057
            """,
        subcommands: [
            AlertListCommand.self, AlertShowCommand.self, AlertAcknowledgeCommand.self, AlertResolveCommand.self,
        ],
        defaultSubcommand: AlertListCommand.self
    )
}

/// `purser alerts list`.
struct AlertListCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List alerts: those that are open first, each time the latest first."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Option(
        help: ArgumentHelp("Only those that stand so: \(Words.of(AlertState.self)).", valueName: "state"),
        transform: Words.one
    )
    var state: AlertState?

    @Option(help: ArgumentHelp("How many at most; 1 to 1000.", valueName: "count"))
    var limit = 100

    func validate() throws {
        guard (1...1000).contains(self.limit) else { throw ValidationError("--limit takes 1 to 1000.") }
    }

    func run(in session: Session) async throws {
        let (state, limit) = (self.state?.rawValue, self.limit)
        let data = try await session.withServer { try await $0.alerts(state: state, limit: limit) }
        guard !session.console.style.isJSON else {
            return try session.console.result(String(decoding: data, as: UTF8.self))
        }
        let list = try RemoteService.decode(AlertSummaryList.self, from: data, by: DocumentCoding.decode)
        try session.console.results(list.alerts.map(\.line))
        if list.alerts.isEmpty { session.console.note("there are no such alerts") }
    }
}

/// `purser alerts show`.
struct AlertShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an alert and how it came to stand where it stands."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The alert.", valueName: "id"), transform: AlertID.checked)
    var id: String

    func run(in session: Session) async throws {
        let id = self.id
        let data = try await session.withServer { try await $0.alert(id) }
        guard !session.console.style.isJSON else {
            return try session.console.result(String(decoding: data, as: UTF8.self))
        }
        let alert = try RemoteService.decode(AlertSummary.self, from: data, by: DocumentCoding.decode)
        try session.console.results(alert.lines)
    }
}

/// `purser alerts acknowledge`.
struct AlertAcknowledgeCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge",
        abstract: "Say that somebody knows of an alert; it goes on until its condition ends."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The alert.", valueName: "id"), transform: AlertID.checked)
    var id: String

    func run(in session: Session) async throws {
        try await AlertChange.run(self.id, .acknowledge, in: session)
    }
}

/// `purser alerts resolve`.
struct AlertResolveCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "End an alert; the next one comes only after its condition has once been false."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The alert.", valueName: "id"), transform: AlertID.checked)
    var id: String

    func run(in session: Session) async throws {
        try await AlertChange.run(self.id, .resolve, in: session)
    }
}

/// The id of an alert on the command line.
private enum AlertID {
    /// The id as it stands: any text, for the server knows best, but nothing, which would ask for all alerts.
    static func checked(_ text: String) throws -> String {
        guard !text.isEmpty else { throw ValidationError("ID takes the id of an alert.") }
        return text
    }
}

/// What both changes of an alert do.
private enum AlertChange {
    /// Makes a change, and says how the alert stands then.
    static func run(_ id: String, _ action: RemoteService.AlertAction, in session: Session) async throws {
        let data = try await session.withServer { try await $0.change(id, action) }
        if session.console.style.isJSON { try session.console.result(String(decoding: data, as: UTF8.self)) }
        let alert = try RemoteService.decode(AlertSummary.self, from: data, by: DocumentCoding.decode)
        try session.console.done("alert \(alert.id), \(alert.name), is \(alert.state)")
    }
}
