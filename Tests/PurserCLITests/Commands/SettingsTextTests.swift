import ArgumentParser
import Foundation
import Logging
import Purser
import PurserHTTP
import SystemPackage
import Testing

@testable import PurserCLI

@Suite("Settings as YAML")
struct SettingsTextTests {
    @Test func dottedKeysBecomeNestedOnes() {
        let lines = SettingsText.yaml([("a.b", "1"), ("c", "x y"), ("a.d.e", "5GB"), ("a.d.f", "none")])
        #expect(lines == ["a:", "  b: 1", "  d:", "    e: 5GB", "    f: none", "c: \"x y\""])
    }

    @Test func whatIsWrittenReadsBackTheSame() async throws {
        try await withTemporaryFolder { folder in
            let path = "a \"quoted\" \\ path: #1 📁"
            let options = try CommonOptions.parse([
                "--storage", path, "--set", "server.port=0", "--set", "log.level=debug",
            ])
            let console = Console.captured()
            let session = Session(options: options, console: console.console, environment: [:])
            try await ConfigShowCommand.parse([]).run(in: session)
            let file = folder.appending("purser.yaml").string
            try console.output.write(toFile: file, atomically: true, encoding: .utf8)

            let settings = try await SettingsReader(file: file, environment: [:])
            let again = try ServiceSettings(settings, console.console)
            #expect(again.purser.storage.path.string == path)
            #expect(again.server.port == 0)
            #expect(again.logLevel == .debug)
        }
    }

    @Test func aBadSettingIsRefusedWithItsName() async throws {
        let options = try CommonOptions.parse(["--set", "server.prot=1", "--set", "server.port=x"])
        let session = Session(options: options, console: Console.captured().console, environment: [:])
        let error = await #expect(throws: SettingsError.self) {
            try await ConfigCheckCommand.parse([]).run(in: session)
        }
        #expect(Set(error?.problems.map(\.key) ?? []) == ["server.prot", "server.port"])
        #expect(try CommandError(describing: #require(error)).status == .usage)
    }
}
