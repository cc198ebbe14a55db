import Foundation
import PurserMonitor
import PurserOperations

extension MonitorConfiguration {
    init(reading settings: SettingsReader) {
        self.init()
        let hour = Duration.seconds(3600)
        self.measuring = MeasuringConfiguration(reading: settings)
        self.machineInterval = settings.duration(
            "monitor.machine.every",
            default: self.machineInterval,
            in: .seconds(1)...hour
        )
        self.memory = MemoryConfiguration(reading: settings)
        self.thresholds = DurationThresholds(reading: settings)
        let metrics = settings.text("monitor.metrics", default: "none")
        self.userMetrics = metrics == "none" ? [] : Set(Self.words(metrics))
        self.alertInterval = settings.duration(
            "monitor.alerts.every",
            default: self.alertInterval,
            in: .seconds(1)...hour
        )
        self.alerts = AlertConfiguration(reading: settings)
        self.channels = ChannelConfiguration(reading: settings)
        self.export = ExportConfiguration(reading: settings)
        for problem in self.problems() {
            settings.refuse(problem.key, got: problem.got, accepts: problem.takes)
        }
    }

    /// Words between commas.
    static func words(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

extension MeasuringConfiguration {
    fileprivate init(reading settings: SettingsReader) {
        self.init()
        self.isEnabled = settings.boolean("monitor.enabled", default: self.isEnabled)
        self.ringSize = settings.integer("monitor.samples", default: self.ringSize, in: 100...100_000)
        self.maxUserMetrics = settings.integer("monitor.user_metrics", default: self.maxUserMetrics, in: 0...1_000)
        self.maxTagSets = settings.integer("monitor.tag_sets", default: self.maxTagSets, in: 1...10_000)
        self.rememberedOperations = settings.integer(
            "monitor.operations",
            default: self.rememberedOperations,
            in: 0...100_000
        )
        let longest = Duration.seconds(100 * 365 * 86_400)
        self.minuteRetention = settings.duration(
            "monitor.history.minutes",
            default: self.minuteRetention,
            in: .seconds(7_200)...longest
        )
        self.hourRetention = settings.duration(
            "monitor.history.hours",
            default: self.hourRetention,
            in: .seconds(7_200)...longest
        )
    }
}

extension MemoryConfiguration {
    fileprivate init(reading settings: SettingsReader) {
        self.init()
        func bytes(_ name: String, _ fallback: Int64) -> Int64 {
            settings.bytes("monitor.memory.\(name)", default: fallback, in: 1...(1 << 50))
        }
        self.elevatedBytes = bytes("elevated", self.elevatedBytes)
        self.warningBytes = bytes("warning", self.warningBytes)
        self.criticalBytes = bytes("critical", self.criticalBytes)
        self.exhaustedBytes = bytes("exhausted", self.exhaustedBytes)
        self.groupPercent = settings.percent("monitor.memory.group_percent", default: self.groupPercent)
        self.hysteresisPercent = settings.percent("monitor.memory.hysteresis_percent", default: self.hysteresisPercent)
    }
}

extension DurationThresholds {
    fileprivate init(reading settings: SettingsReader) {
        self.init()
        self.transferRate = settings.bytes(
            "monitor.thresholds.transfer_rate",
            default: self.transferRate,
            in: 1...(1 << 50)
        )
        self.standard = Self.limits("default", self.standard, settings)
        let fields = ["warning", "critical", "maximum", "cancel"]
        let named = settings.names(below: "monitor.thresholds", fields: fields)
            .filter { $0 != "default" && $0 != "transfer_rate" }
        for kind in Set(named).union(self.kinds.keys).sorted() {
            self.kinds[kind] = Self.limits(kind, self.kinds[kind] ?? self.standard, settings)
        }
    }

    private static func limits(_ kind: String, _ fallback: DurationLimits, _ settings: SettingsReader) -> DurationLimits
    {
        let key = "monitor.thresholds.\(kind)"
        let range = Duration.milliseconds(1)...Duration.seconds(365 * 86_400)
        let warning = settings.duration("\(key).warning", default: fallback.warning, in: range)
        // Where only the lowest is set, the others follow from it.
        let derived = warning == fallback.warning ? fallback : DurationLimits(warning: warning)
        return DurationLimits(
            warning: warning,
            critical: settings.duration("\(key).critical", default: derived.critical, in: range),
            maximum: settings.duration("\(key).maximum", default: derived.maximum, in: range),
            cancelsAtMaximum: settings.boolean("\(key).cancel", default: fallback.cancelsAtMaximum)
        )
    }
}

extension AlertConfiguration {
    fileprivate init(reading settings: SettingsReader) {
        self.init()
        let shipped = settings.boolean("monitor.alerts.shipped", default: true) ? self.rules : []
        let own = settings.list("monitor.alerts.rules", of: AlertRuleSetting.self).map(\.rule)
        let names = Set(own.map(\.name))
        // Own rules first, so that their places are those of the file; one of a shipped rule's name replaces it.
        self.rules = own + shipped.filter { !names.contains($0.name) }
        self.maintenance = settings.list("monitor.alerts.maintenance", of: MaintenanceSetting.self).map(\.window)
        self.notifyInterval = settings.duration(
            "monitor.alerts.notify_interval",
            default: self.notifyInterval,
            in: .zero ... .seconds(86_400)
        )
        self.notificationsPerMinute = settings.integer(
            "monitor.alerts.notifications_per_minute",
            default: self.notificationsPerMinute,
            in: 1...10_000
        )
        self.openLimit = settings.integer("monitor.alerts.open_limit", default: self.openLimit, in: 1...10_000)
        self.resolvedLimit = settings.integer(
            "monitor.alerts.resolved_limit",
            default: self.resolvedLimit,
            in: 1...10_000
        )
    }
}

extension ChannelConfiguration {
    fileprivate init(reading settings: SettingsReader) {
        self.init()
        self.log.isEnabled = settings.boolean("monitor.log.enabled", default: self.log.isEnabled)
        self.log.minimumSeverity = settings.choice(
            "monitor.log.minimum_severity",
            default: self.log.minimumSeverity
        )
        self.webhooks = settings.list("monitor.webhooks", of: WebhookSetting.self).map(\.configuration)
        self.email = Self.email(settings)
    }

    private static func email(_ settings: SettingsReader) -> EmailConfiguration? {
        let to = settings.text("monitor.email.to", default: "none")
        var email = EmailConfiguration(to: to == "none" ? [] : MonitorConfiguration.words(to))
        email.from = settings.text("monitor.email.from", default: email.from)
        let command = settings.text("monitor.email.command", default: email.command.joined(separator: " "))
        email.command = EmailConfiguration.words(of: command)
        email.minimumSeverity = settings.choice("monitor.email.minimum_severity", default: email.minimumSeverity)
        email.delivery.timeout = settings.duration(
            "monitor.email.timeout",
            default: email.delivery.timeout,
            in: .milliseconds(100) ... .seconds(600)
        )
        email.delivery.attempts = settings.integer(
            "monitor.email.attempts",
            default: email.delivery.attempts,
            in: 1...20
        )
        email.delivery.retryDelay = settings.duration(
            "monitor.email.retry_delay",
            default: email.delivery.retryDelay,
            in: .milliseconds(10) ... .seconds(3600)
        )
        email.delivery.queueCapacity = settings.integer(
            "monitor.email.queue",
            default: email.delivery.queueCapacity,
            in: 1...10_000
        )
        email.environment = settings.read(
            "monitor.email.environment",
            default: email.environment,
            accepts: "NAME=VALUE, separated by commas, or none",
            write: { variables in
                let pairs = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                return pairs.isEmpty ? "none" : pairs.joined(separator: ",")
            },
            parse: Self.variables,
            // A program may be given a password so; where it looks for programs is none.
            redact: { variables in
                Dictionary(uniqueKeysWithValues: variables.map { ($0, $0 == "PATH" ? $1 : "redacted") })
            }
        )
        return email.to.isEmpty ? nil : email
    }

    /// Variables between commas; `nil` where one has no name or no value.
    private static func variables(_ text: String) -> [String: String]? {
        guard text != "none" else { return [:] }
        var variables: [String: String] = [:]
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].trimmingCharacters(in: .whitespaces)
            guard parts.count == 2, !name.isEmpty else { return nil }
            variables[name] = String(parts[1])
        }
        return variables
    }
}

extension ExportConfiguration {
    fileprivate init(reading settings: SettingsReader) {
        self.init()
        self.interval = settings.read(
            "monitor.export.every",
            default: Duration?.none,
            accepts: "'none' or a duration such as 5m, at least 1s",
            write: { $0.map(DurationText.exact) ?? "none" },
            parse: { text in
                if text == "none" { return .some(nil) }
                return DurationText.parse(text).map { .some($0) }
            }
        )
        self.path = settings.text("monitor.export.path", default: self.path)
        self.format = settings.choice("monitor.export.format", default: self.format)
        self.keep = settings.integer("monitor.export.keep", default: self.keep, in: 1...100_000)
    }
}
