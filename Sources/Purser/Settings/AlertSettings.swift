import Foundation
import PurserMonitor

/// A rule as files have it.
struct AlertRuleSetting: ListSetting {
    var name: String
    var metric: String
    var aggregation: Aggregation
    var window: DurationSetting
    var comparison: Comparison
    var threshold: Double
    var wait: DurationSetting?
    var keepFiring: DurationSetting?
    var severity: AlertSeverity?
    var minimumSamples: Int?
    var subject: String?
    var family: String?
    var message: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, metric, aggregation, window, comparison, threshold, severity, subject, family, message
        case wait = "for"
        case keepFiring = "keep_firing_for"
        case minimumSamples = "minimum_samples"
    }

    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }

    var rule: AlertRule {
        AlertRule(
            name: self.name,
            metric: self.metric,
            aggregation: self.aggregation,
            window: self.window.duration,
            comparison: self.comparison,
            threshold: self.threshold,
            wait: self.wait?.duration ?? .zero,
            keepFiring: self.keepFiring?.duration ?? .zero,
            severity: self.severity ?? .warning,
            minimumSamples: self.minimumSamples ?? 1,
            subject: self.subject,
            family: self.family,
            message: self.message
        )
    }
}

/// A maintenance window as files have it; times in RFC 3339.
struct MaintenanceSetting: ListSetting {
    var name: String
    var from: String
    var to: String
    var rules: [String]?
    var severities: [AlertSeverity]?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, from, to, rules, severities
    }

    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.name = try container.decode(String.self, forKey: .name)
        self.from = try container.decode(String.self, forKey: .from)
        self.to = try container.decode(String.self, forKey: .to)
        self.rules = try container.decodeIfPresent([String].self, forKey: .rules)
        self.severities = try container.decodeIfPresent([AlertSeverity].self, forKey: .severities)
        for (key, text) in [(CodingKeys.from, self.from), (.to, self.to)] where Self.time(text) == nil {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: container,
                debugDescription: "a time such as 2026-11-21T03:00:00Z, got '\(text)'"
            )
        }
    }

    var window: MaintenanceWindow {
        MaintenanceWindow(
            name: self.name,
            from: Self.time(self.from) ?? .distantPast,
            to: Self.time(self.to) ?? .distantPast,
            rules: Set(self.rules ?? []),
            severities: Set(self.severities ?? [])
        )
    }

    private static func time(_ text: String) -> Date? {
        // Not a time in this form: then it is none.
        try? Date(text, strategy: .iso8601)
    }
}

/// A webhook as files have it.
struct WebhookSetting: ListSetting {
    var name: String
    var url: String
    var secret: String?
    var format: WebhookConfiguration.Format?
    var minimumSeverity: AlertSeverity?
    var timeout: DurationSetting?
    var attempts: Int?
    var retryDelay: DurationSetting?
    var queue: Int?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, url, secret, format, timeout, attempts, queue
        case minimumSeverity = "minimum_severity"
        case retryDelay = "retry_delay"
    }

    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }

    /// Without its secret, and of its address, which may be one too, the host only.
    var redacted: Self {
        var setting = self
        setting.url = "redacted (\(URLComponents(string: self.url)?.host ?? "no host"))"
        if setting.secret != nil { setting.secret = "redacted" }
        return setting
    }

    var configuration: WebhookConfiguration {
        var webhook = WebhookConfiguration(name: self.name, url: self.url, secret: self.secret)
        webhook.format = self.format ?? webhook.format
        webhook.minimumSeverity = self.minimumSeverity ?? webhook.minimumSeverity
        webhook.delivery.timeout = self.timeout?.duration ?? webhook.delivery.timeout
        webhook.delivery.attempts = self.attempts ?? webhook.delivery.attempts
        webhook.delivery.retryDelay = self.retryDelay?.duration ?? webhook.delivery.retryDelay
        webhook.delivery.queueCapacity = self.queue ?? webhook.delivery.queueCapacity
        return webhook
    }
}
