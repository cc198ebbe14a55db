import ArgumentParser
import Foundation
import Purser
import SystemPackage
import Testing

@testable import PurserCLI

/// `purser config` with lists of mappings.
@Suite("Lists of settings")
struct SettingsListTests {
    private static let yaml = """
        monitor:
          alerts:
            rules:
              - {name: a, metric: cpu_usage, aggregation: mean, window: 1m, comparison: ">", threshold: 5}
              - {name: b, metric: cpu_usage, aggregation: mean, window: 1m, comparison: ">", threshold: 6}
              - name: c
                metric: cpu_usage
                aggregation: mean
                window: 90s
                comparison: ">="
                threshold: 7.5
                message: 'it is "hot" \\ here'
          webhooks:
            - {name: duty, url: "https://alerts.example/x", secret: sixteen-or-more-bytes}

        """

    private func run(_ command: some SessionCommand, on file: String) async throws -> String {
        let console = Console.captured()
        let options = try CommonOptions.parse(["--config", file])
        try await command.run(in: Session(options: options, console: console.console, environment: [:]))
        return console.output
    }

    @Test func whatIsWrittenReadsBackTheSame() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending("purser.yaml").string
            try Self.yaml.write(toFile: file, atomically: true, encoding: .utf8)
            let first = try await self.run(ConfigShowCommand.parse(["--show-secrets"]), on: file)
            try #require(first.contains("it is"))
            try first.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try await self.run(ConfigShowCommand.parse(["--show-secrets"]), on: file) == first)

            let settings = try await SettingsReader(file: file, environment: [:])
            let monitor = try ServiceSettings(settings, Console.captured().console).purser.monitor
            #expect(monitor.alerts.rules.prefix(3).map(\.name) == ["a", "b", "c"])
            #expect(monitor.alerts.rules[2].message == "it is \"hot\" \\ here")
            #expect(monitor.channels.webhooks.first?.secret == "sixteen-or-more-bytes")
        }
    }

    @Test(arguments: [false, true])
    func secretsAreLeftOutUnlessTheyAreAskedFor(_ isJSON: Bool) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending("purser.yaml").string
            let yaml =
                Self.yaml + "  email: {to: ada@example.org, environment: \"PATH=/usr/bin,PASSWORD=open sesame\"}\n"
            try yaml.write(toFile: file, atomically: true, encoding: .utf8)
            let console = Console.captured(.init(isJSON: isJSON))
            let session = Session(
                options: try CommonOptions.parse(["--config", file]),
                console: console.console,
                environment: [:]
            )
            try await ConfigShowCommand.parse([]).run(in: session)
            for secret in ["sixteen-or-more-bytes", "alerts.example/x", "open sesame"] {
                #expect(!console.output.contains(secret), "\(secret)")
            }
            for shown in ["duty", "redacted (alerts.example)", "PATH=/usr/bin"] {
                #expect(console.output.contains(shown), "\(shown)")
            }
            #expect(console.diagnostics.contains("--show-secrets"))

            let diagnostics = console.diagnostics
            try await ConfigShowCommand.parse(["--show-secrets"]).run(in: session)
            for secret in ["sixteen-or-more-bytes", "alerts.example/x", "PASSWORD=open sesame"] {
                #expect(console.output.contains(secret), "\(secret)")
            }
            #expect(console.diagnostics == diagnostics, "nothing is left out that were to be told")
        }
    }

    /// What was shown without secrets must not be taken for settings by mistake.
    @Test func whatLacksSecretsIsNoFile() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending("purser.yaml").string
            try Self.yaml.write(toFile: file, atomically: true, encoding: .utf8)
            let shown = try await self.run(ConfigShowCommand.parse([]), on: file)
            try shown.write(toFile: file, atomically: true, encoding: .utf8)
            let error = await #expect(throws: SettingsError.self) {
                _ = try await self.run(ConfigCheckCommand.parse([]), on: file)
            }
            #expect(error?.problems.map(\.key) == ["monitor.webhooks[0].url", "monitor.webhooks[0].secret"])
        }
    }

    @Test func noProblemTellsASecret() async throws {
        let options = try CommonOptions.parse([
            "--set", "monitor.webhooks=[{name: a, secret: sixteen-or-more-bytes", "--set",
            "monitor.email.environment=PASSWORD",
        ])
        let session = Session(options: options, console: Console.captured().console, environment: [:])
        let error = await #expect(throws: SettingsError.self) {
            try await ConfigCheckCommand.parse([]).run(in: session)
        }
        #expect(error?.problems.map(\.key) == ["monitor.webhooks", "monitor.email.environment"])
        let text = "\(try #require(error))"
        #expect(!text.contains("sixteen") && !text.contains("PASSWORD"), "\(text)")
    }

    @Test func ruleThatCannotBeIsNamedWithItsPlace() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending("purser.yaml").string
            let yaml = Self.yaml.replacing("window: 90s", with: "window: 0s")
            try yaml.write(toFile: file, atomically: true, encoding: .utf8)
            let error = await #expect(throws: SettingsError.self) {
                _ = try await self.run(ConfigCheckCommand.parse([]), on: file)
            }
            #expect(error?.problems.map(\.key) == ["monitor.alerts.rules[2].window"])
            #expect(try CommandError(describing: #require(error)).status == .usage)
        }
    }
}
