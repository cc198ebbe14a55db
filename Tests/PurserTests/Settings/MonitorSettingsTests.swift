import Foundation
import Purser
import PurserMonitor
import PurserTestSupport
import SystemPackage
import Testing

/// Rules, windows, webhooks and mail as files have them.
@Suite struct MonitorSettingsTests {
    private func read(
        _ yaml: String,
        environment: [String: String] = [:],
        flags: [String: String] = [:]
    ) async throws -> (MonitorConfiguration, [String: String]) {
        try await withTemporaryFolder { folder in
            let file = folder.appending("purser.yaml").string
            try yaml.write(toFile: file, atomically: true, encoding: .utf8)
            let settings = try await SettingsReader(file: file, environment: environment, flags: flags)
            let configuration = PurserConfiguration(reading: settings)
            try settings.finish()
            return (configuration.monitor, Dictionary(settings.effective.map { ($0.key, $0.text) }) { $1 })
        }
    }

    private func problems(_ yaml: String, flags: [String: String] = [:]) async throws -> [SettingsError.Problem] {
        do {
            _ = try await self.read(yaml, flags: flags)
            return []
        } catch let error as SettingsError {
            return error.problems
        }
    }

    private static let full = """
        monitor:
          metrics: ocr.pages
          alerts:
            rules:
              - name: slow_uploads
                metric: response_time
                subject: upload
                aggregation: p95
                window: 10m
                comparison: ">"
                threshold: 2.5
                for: 5m
                keep_firing_for: 10m
                severity: error
                minimum_samples: 20
                family: uploads
                message: uploads are "slow"
              - {name: disk_low, metric: disk_free_percent, aggregation: last, window: 30s, comparison: <=, threshold: 3}
              - {name: no_pages, metric: ocr.pages, aggregation: count, window: 1h, comparison: <, threshold: 1}
            maintenance:
              - name: backup
                from: 2026-11-22T02:00:00Z
                to: 2026-11-22T03:00:00Z
                rules: [disk_low, memory_warning]
                severities: [warning]
          webhooks:
            - {name: duty, url: "https://alerts.example/x", secret: sixteen-or-more-bytes, minimum_severity: error}
            - {name: chat, url: "http://127.0.0.1:1/y", format: slack, timeout: 1s, attempts: 2, retry_delay: 20ms, queue: 7}
          email:
            to: ada@example.org, charles@example.org
            command: /usr/bin/msmtp -t
            environment: PATH=/usr/bin,HOME=/var/lib/purser
            retry_delay: 1m
            queue: 9

        """

    private func expectFull(_ monitor: MonitorConfiguration) throws {
        let rules = monitor.alerts.rules
        let first = try #require(rules.first)
        #expect(first.name == "slow_uploads" && first.subject == "upload" && first.aggregation == .p95)
        #expect(first.window == .seconds(600) && first.comparison == .above && first.threshold == 2.5)
        #expect(first.wait == .seconds(300) && first.keepFiring == .seconds(600))
        #expect(first.severity == .error && first.minimumSamples == 20)
        #expect(first.family == "uploads" && first.message == "uploads are \"slow\"")
        #expect(rules.filter { $0.name == "disk_low" }.map(\.threshold) == [3], "it replaces the shipped one")
        #expect(rules.count == AlertRule.shipped.count + 2)
        let window = try #require(monitor.alerts.maintenance.first)
        #expect(window.to.timeIntervalSince(window.from) == 3600)
        #expect(window.rules == ["disk_low", "memory_warning"] && window.severities == [.warning])
        let webhooks = monitor.channels.webhooks
        #expect(webhooks.map(\.name) == ["duty", "chat"] && webhooks.map(\.format) == [.generic, .slack])
        #expect(webhooks.first?.secret == "sixteen-or-more-bytes" && webhooks.first?.minimumSeverity == .error)
        let chat = try #require(webhooks.last)
        #expect(chat.delivery.timeout == .seconds(1) && chat.delivery.attempts == 2)
        #expect(chat.delivery.retryDelay == .milliseconds(20) && chat.delivery.queueCapacity == 7)
        let email = try #require(monitor.channels.email)
        #expect(email.to == ["ada@example.org", "charles@example.org"] && email.command == ["/usr/bin/msmtp", "-t"])
        #expect(email.environment == ["PATH": "/usr/bin", "HOME": "/var/lib/purser"])
        #expect(email.delivery.retryDelay == .seconds(60) && email.delivery.queueCapacity == 9)
    }

    @Test func listsAreReadFromAFile() async throws {
        try self.expectFull(try await self.read(Self.full).0)
    }

    @Test func whatIsInForceReadsBackTheSame() async throws {
        let (monitor, texts) = try await self.read(Self.full)
        // As flags, every setting goes through its text.
        let (again, textsAgain) = try await self.read("", flags: texts)
        try self.expectFull(again)
        #expect(again.alerts == monitor.alerts && again.channels == monitor.channels)
        #expect(textsAgain == texts)
    }

    @Test func listsAreReadFromTheEnvironmentBeforeTheFile() async throws {
        let environment = ["PURSER_MONITOR_WEBHOOKS": "[{name: other, url: 'http://127.0.0.1/'}]"]
        let (monitor, _) = try await self.read(Self.full, environment: environment)
        #expect(monitor.channels.webhooks.map(\.name) == ["other"])
    }

    /// Kinds that are built in, and those that only a program knows.
    @Test(arguments: ["upload", "tier1", "page_layout"])
    func thresholdsOfAnyKindAreReadFromTheEnvironment(_ kind: String) async throws {
        let name = "PURSER_MONITOR_THRESHOLDS_\(kind.uppercased())"
        let environment = [
            "\(name)_WARNING": "3s", "\(name)_CANCEL": "true", "PURSER_MONITOR_THRESHOLDS_WARNING": "1s",
        ]
        let (monitor, texts) = try await self.read("", environment: environment)
        let limits = try #require(monitor.thresholds.kinds[kind])
        #expect(limits.warning == .seconds(3) && limits.maximum == .milliseconds(4_500) && limits.cancelsAtMaximum)
        #expect(texts["monitor.thresholds.\(kind).warning"] == "3s")
        #expect(monitor.thresholds.kinds.count == DurationThresholds().kinds.count + (kind == "tier1" ? 0 : 1))
    }

    @Test func shippedRulesCanBeLeftOut() async throws {
        let (monitor, _) = try await self.read("monitor:\n  alerts:\n    shipped: false\n")
        #expect(monitor.alerts.rules.isEmpty)
    }

    private static let good =
        "{name: a, metric: cpu_usage, aggregation: mean, window: 1m, comparison: \">\", threshold: 5}"

    @Test(arguments: [
        ("window: 1m", "window: 0s", "window"), ("window: 1m", "window: soon", "window"),
        ("window: 1m", "window: 2d", "window"), ("metric: cpu_usage", "metric: nothing", "metric"),
        ("\">\"", "\"!\"", "comparison"), ("threshold: 5", "threshold: .nan", "threshold"),
        ("threshold: 5", "threshold: 101", "threshold"), ("threshold: 5", "threshold: much", "threshold"),
        ("aggregation: mean", "aggregation: typical", "aggregation"), ("name: a", "name: A", "name"),
        ("name: a", "name: memory_warning", "name"), ("threshold: 5", "threshold: 5, fro: 1m", "fro"),
        ("threshold: 5", "threshold: 5, subject: upload", "subject"), (", threshold: 5", "", "threshold"),
        ("threshold: 5", "threshold: 5, for: 31d", "for"), ("threshold: 5", "threshold: 5, severity: bad", "severity"),
    ])
    func ruleThatCannotBeIsNamed(_ right: String, _ wrong: String, _ field: String) async throws {
        try #require(Self.good.contains(right))
        let rules = [
            Self.good.replacing("name: a", with: "name: first"), Self.good.replacing("name: a", with: "name: second"),
            Self.good.replacing(right, with: wrong),
        ]
        let yaml = "monitor:\n  alerts:\n    rules:\n" + rules.map { "      - \($0)\n" }.joined()
        let problems = try await self.problems(yaml)
        #expect(problems.map(\.key) == ["monitor.alerts.rules[2].\(field)"], "\(problems)")
        #expect(problems.first?.message.contains("line 3") == true, "\(problems)")

        let flag = ["monitor.alerts.rules": "[\(rules.joined(separator: ", "))]"]
        let others = try await self.problems("", flags: flag)
        #expect(others.map(\.key) == ["monitor.alerts.rules[2].\(field)"], "\(others)")
        #expect(others.first?.message.contains("command line") == true, "\(others)")
    }

    @Test func namesOfRulesAreGivenOnce() async throws {
        let yaml = "monitor: {alerts: {rules: [\(Self.good), \(Self.good)]}}\n"
        #expect(try await self.problems(yaml).map(\.key) == ["monitor.alerts.rules[1].name"])
    }

    @Test(arguments: [
        ("alerts: {rules: 5}", "monitor.alerts.rules"), ("alerts: {rules: [5]}", "monitor.alerts.rules[0]"),
        ("alerts: {maintenance: [{name: a, from: now, to: then}]}", "monitor.alerts.maintenance[0].from"),
        (
            "alerts: {maintenance: [{name: a, from: 2026-11-22T03:00:00Z, to: 2026-11-22T02:00:00Z}]}",
            "monitor.alerts.maintenance[0].to"
        ),
        (
            "alerts: {maintenance: [{name: a, from: 2026-11-22T01:00:00Z, to: 2026-11-22T02:00:00Z, rules: [no]}]}",
            "monitor.alerts.maintenance[0].rules"
        ),
        ("webhooks: [{name: a, url: 'ftp://x'}]", "monitor.webhooks[0].url"),
        ("webhooks: [{name: a, url: 'http://x', secret: short}]", "monitor.webhooks[0].secret"),
        ("webhooks: [{name: a, url: 'http://x', attempts: 0}]", "monitor.webhooks[0].attempts"),
        ("webhooks: [{url: 'http://x'}]", "monitor.webhooks[0].name"),
        ("email: {to: 'a b@c'}", "monitor.email.to[0]"),
        ("email: {to: a@example.org, environment: PATH}", "monitor.email.environment"),
        ("memory: {warning: 1GB, critical: 500MB}", "monitor.memory.critical"),
        ("thresholds: {upload: {warning: 5s, critical: 1s}}", "monitor.thresholds.upload.critical"),
        ("history: {minutes: 1h}", "monitor.history.minutes"), ("export: {every: 10ms}", "monitor.export.every"),
        ("export: {path: metrics/}", "monitor.export.path"), ("samples: 5", "monitor.samples"),
        ("tagsets: 5", "monitor.tagsets"),
    ])
    func whatCannotBeIsNamed(_ yaml: String, _ key: String) async throws {
        let problems = try await self.problems("monitor: {\(yaml)}\n")
        #expect(problems.map(\.key) == [key], "\(problems)")
    }
}
