import Foundation
import Logging

/// How lines of the log look.
enum LogFormat: String, CaseIterable, Sendable {
    /// Time, level, message, `name=value` pairs.
    case plain
    /// A JSON object on each line.
    case json
}

/// Writes the log of a server: a line for each event, plain or JSON.
struct ServiceLogHandler: LogHandler {
    let label: String
    let format: LogFormat
    let sink: LogSink
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, format: LogFormat, sink: LogSink) {
        self.label = label
        self.format = format
        self.sink = sink
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = self.facts(of: event)
        var line = ""
        line.reserveCapacity(512)
        switch self.format {
        case .plain: Self.plain(event.level, event.message.description, facts, into: &line)
        case .json: Self.json(event.level, event.message.description, facts, into: &line)
        }
        self.sink.take(line.utf8, isUrgent: event.level >= .warning)
    }

    /// Everything that is to be told, by name.
    private func facts(of event: LogEvent) -> [(key: String, value: Logger.Metadata.Value)] {
        var facts = event.metadata ?? [:]
        // Most events have nothing but their own.
        if !self.metadata.isEmpty { facts.merge(self.metadata) { own, _ in own } }
        if let provided = self.metadataProvider?.get() { facts.merge(provided) { own, _ in own } }
        if let error = event.error { facts["purser.error"] = "\(error)" }
        return facts.sorted { $0.key < $1.key }
    }

    private static func plain(
        _ level: Logger.Level,
        _ message: String,
        _ facts: [(key: String, value: Logger.Metadata.Value)],
        into line: inout String
    ) {
        for text in [LogTime.now(), " ", level.rawValue, " ", LogText.oneLine(message)] { line += text }
        for (name, value) in facts {
            line += " "
            line += name
            line += "="
            line += LogText.pairValue(self.text(value))
        }
        line += "\n"
    }

    private static func text(_ value: Logger.Metadata.Value) -> String {
        if case .string(let text) = value { text } else { value.description }
    }

    private static func json(
        _ level: Logger.Level,
        _ message: String,
        _ facts: [(key: String, value: Logger.Metadata.Value)],
        into line: inout String
    ) {
        line += "{\"time\":\"\(LogTime.now())\",\"level\":\"\(level.rawValue)\",\"message\":"
        line += LogText.jsonString(message)
        for (name, value) in facts { line += ",\(LogText.jsonString(name)):\(Self.jsonValue(value))" }
        line += "}\n"
    }

    private static func jsonValue(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): LogText.jsonString(text)
        // Numbers stay numbers, so that they can be compared.
        case .stringConvertible(let number as any BinaryInteger): "\(number)"
        case .stringConvertible(let number as Double) where number.isFinite: "\(number)"
        case .stringConvertible(let other): LogText.jsonString(other.description)
        case .array(let values): "[\(values.map(self.jsonValue).joined(separator: ","))]"
        case .dictionary(let values):
            "{"
                + values.sorted { $0.key < $1.key }
                .map { "\(LogText.jsonString($0.key)):\(self.jsonValue($0.value))" }
                .joined(separator: ",") + "}"
        }
    }
}
