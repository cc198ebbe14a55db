import Foundation

/// An alert as clients and channels see it: all fields always, `null` where there is nothing.
///
/// Times are texts in RFC 3339, UTC, to the millisecond.
public struct AlertDocument: Encodable, Sendable {
    private let alert: Alert

    /// Shows an alert.
    public init(_ alert: Alert) {
        self.alert = alert
    }

    private enum CodingKeys: String, CodingKey {
        case id, rule, severity, state, subject, message, value, threshold, occurrences, changes
        case startedAt = "started_at"
        case firedAt = "fired_at"
        case acknowledgedAt = "acknowledged_at"
        case resolvedAt = "resolved_at"
        case suppressedBy = "suppressed_by"
    }

    private struct Change: Encodable {
        var state: AlertState
        var at: String
        var reason: String
    }

    /// Writes the fields.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.alert.id, forKey: .id)
        try container.encode(self.alert.rule, forKey: .rule)
        try container.encode(self.alert.severity, forKey: .severity)
        try container.encode(self.alert.state, forKey: .state)
        try container.encode(self.alert.subject, forKey: .subject)
        try container.encode(self.alert.message, forKey: .message)
        try container.encode(self.alert.value, forKey: .value)
        try container.encode(self.alert.threshold, forKey: .threshold)
        try container.encode(Self.text(self.alert.startedAt), forKey: .startedAt)
        try container.encode(self.alert.firedAt.map(Self.text), forKey: .firedAt)
        try container.encode(self.alert.acknowledgedAt.map(Self.text), forKey: .acknowledgedAt)
        try container.encode(self.alert.resolvedAt.map(Self.text), forKey: .resolvedAt)
        try container.encode(self.alert.occurrences, forKey: .occurrences)
        let changes = self.alert.changes.map { Change(state: $0.state, at: Self.text($0.at), reason: $0.reason) }
        try container.encode(changes, forKey: .changes)
        try container.encode(self.alert.suppressedBy, forKey: .suppressedBy)
    }

    static func text(_ time: Date) -> String { time.formatted(AlertJSON.timeFormat) }
}

/// The JSON of alerts: times in RFC 3339, UTC, to the millisecond; names sorted.
enum AlertJSON {
    /// RFC 3339 in UTC, to the millisecond.
    static let timeFormat = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.formatted(Self.timeFormat))
        }
        return try encoder.encode(value)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            try Self.timeFormat.parse(try decoder.singleValueContainer().decode(String.self))
        }
        return try decoder.decode(type, from: Data(text.utf8))
    }
}

extension Date {
    /// The same time without what is finer than a millisecond, as documents show it.
    var toTheMillisecond: Date {
        Date(timeIntervalSince1970: (self.timeIntervalSince1970 * 1000).rounded() / 1000)
    }
}
