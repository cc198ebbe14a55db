import ArgumentParser
import Logging
import Purser
import PurserHTTP

/// `purser config`.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the settings in force, or check them.",
        discussion: """
            Later wins: what is built in, the file, the environment (PURSER_SERVER_PORT for server.port), options.

            EXAMPLES:
              purser config
              purser config --show-secrets --set server.port=9000 > purser.yaml
              purser config check --config purser.yaml
            """,
        subcommands: [ConfigShowCommand.self, ConfigCheckCommand.self],
        defaultSubcommand: ConfigShowCommand.self
    )
}

/// `purser config show`.
struct ConfigShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the settings in force as YAML.",
        discussion: """
            Secrets are left out: those of webhooks with their addresses, and the environment of the mail program. With
            --show-secrets they are shown too, and what is printed can be used as a file.
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Flag(help: "Show secrets too.")
    var showSecrets = false

    func run(in session: Session) async throws {
        let settings = try await session.settings()
        _ = try ServiceSettings(settings, session.console)
        let shown = settings.effective.map { (key: $0.key, value: self.showSecrets ? $0.text : $0.publicText) }
        if !self.showSecrets, settings.effective.contains(where: { $0.text != $0.publicText }) {
            session.console.note("secrets are left out; --show-secrets shows them")
        }
        guard !session.console.style.isJSON else {
            return try session.console.result(JSONText.encode(Dictionary(shown.map { ($0.key, $0.value) }) { $1 }))
        }
        try session.console.results(SettingsText.yaml(shown))
    }
}

/// `purser config check`.
struct ConfigCheckCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the settings; exit 2 where they cannot be used."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    func run(in session: Session) async throws {
        let settings = try await session.settings()
        _ = try ServiceSettings(settings, session.console)
        if session.console.style.isJSON { try session.console.result(JSONText.encode(["valid": true])) }
        try session.console.done("the settings can be used (\(session.settingsFile ?? "no file"))")
    }
}

/// Everything that can be set of the service, read from all sources.
struct ServiceSettings: Sendable {
    /// The service.
    var purser: PurserConfiguration
    /// Its HTTP server.
    var server: ServerConfiguration
    /// `log.level`.
    var logLevel: Logger.Level
    /// `log.format`.
    var logFormat: LogFormat

    /// Reads and checks all settings, and warns of variables that look like settings and are none.
    ///
    /// - Throws: `SettingsError` with every problem.
    init(_ settings: SettingsReader, _ console: Console) throws {
        self.purser = PurserConfiguration(reading: settings)
        self.server = ServerConfiguration(reading: settings)
        self.logLevel = settings.choice("log.level", default: .info)
        self.logFormat = settings.choice("log.format", default: .plain)
        try settings.finish()
        for name in settings.unknownVariables {
            console.note("warning: the environment variable \(name) is no setting; see 'purser config'")
        }
    }
}
