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
              purser config --set server.port=9000 > purser.yaml
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
        abstract: "Show the settings in force as YAML."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    func run(in session: Session) async throws {
        let settings = try await session.settings()
        _ = try ServiceSettings(settings, session.console)
        guard !session.console.style.isJSON else {
            let values = settings.effective.map { ($0.key, $0.text) }
            return try session.console.result(JSONText.encode(Dictionary(values) { $1 }))
        }
        try session.console.results(SettingsText.yaml(settings.effective.map { ($0.key, $0.text) }))
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
