import Foundation
import Purser
import PurserTestSupport
import SystemPackage
import Testing

/// The settings file that Purser comes with says what there is to set, and what is built in.
@Suite struct ShippedSettingsTests {
    private static let file = repository.appending(path: "config/purser.yaml").path

    /// What the file has otherwise, as its comments say.
    private static let different: Set<String> = ["resources.max_concurrent_operations", "resources.max_file_size"]

    private func effective(file: String?) async throws -> [String: String] {
        let settings = try await SettingsReader(file: file, environment: [:])
        _ = PurserConfiguration(reading: settings)
        try settings.finish(ignoring: ["server.", "log."])
        return Dictionary(settings.effective.map { ($0.key, $0.text) }) { $1 }
    }

    @Test func itHasWhatIsBuiltInUnlessTheCommentSaysOtherwise() async throws {
        let builtIn = try await self.effective(file: nil)
        let shipped = try await self.effective(file: Self.file)
        #expect(Set(builtIn.keys) == Set(shipped.keys))
        let different = builtIn.keys.filter { builtIn[$0] != shipped[$0] }
        #expect(Set(different) == Self.different)
    }

    @Test func everySettingStandsInIt() async throws {
        let text = try String(contentsOfFile: Self.file, encoding: .utf8)
        let settings = try await SettingsReader(file: Self.file, environment: [:])
        _ = PurserConfiguration(reading: settings)
        var missing: [String] = []
        for setting in settings.effective {
            // Lists stand there as examples in comments.
            let isList = setting.text.hasPrefix("[")
            let name = try #require(setting.key.split(separator: ".").last)
            let isThere = isList ? text.contains("# \(name):") || text.contains("\(name): []") : !setting.isDefault
            if !isThere { missing.append(setting.key) }
        }
        #expect(missing == [])
    }

    /// What is commented out can be used once it is not.
    @Test func examplesInItCanBeUsed() async throws {
        let text = try String(contentsOfFile: Self.file, encoding: .utf8)
        var isExample = false
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            let body = line.drop { $0 == " " }
            guard body.hasPrefix("# ") else {
                isExample = false
                return String(line)
            }
            let content = body.dropFirst(2)
            if ["rules:", "maintenance:", "webhooks:"].contains(content) { isExample = true }
            let isPart = isExample && (content.hasSuffix(":") || content.hasPrefix("  "))
            if !isPart { isExample = false }
            return isPart ? String(line.prefix { $0 == " " } + content) : String(line)
        }
        try await withTemporaryFolder { folder in
            let file = folder.appending("purser.yaml").string
            try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
            let settings = try await SettingsReader(file: file, environment: [:])
            let monitor = PurserConfiguration(reading: settings).monitor
            try settings.finish(ignoring: ["server.", "log."])
            #expect(monitor.alerts.rules.first?.name == "slow_uploads")
            #expect(monitor.alerts.maintenance.map(\.name) == ["nightly backup"])
            #expect(monitor.channels.webhooks.map(\.name) == ["duty", "chat"])
        }
    }
}
