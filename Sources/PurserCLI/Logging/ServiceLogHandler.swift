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
        var facts = self.metadata
        if let provided = self.metadataProvider?.get() { facts.merge(provided) { $1 } }
        if let own = event.metadata { facts.merge(own) { $1 } }
        if let error = event.error { facts["purser.error"] = "\(error)" }
        let line =
            switch self.format {
            case .plain: Self.plain(event.level, event.message.description, facts)
            case .json: Self.json(event.level, event.message.description, facts)
            }
        self.sink.take(line, isUrgent: event.level >= .warning)
    }

    private static func plain(_ level: Logger.Level, _ message: String, _ facts: Logger.Metadata) -> String {
        var line = "\(LogTime.now()) \(level.rawValue) \(LogText.oneLine(message))"
        for (name, value) in facts.sorted(by: { $0.key < $1.key }) {
            line += " \(name)=\(LogText.pairValue(value.description))"
        }
        return line + "\n"
    }

    private static func json(_ level: Logger.Level, _ message: String, _ facts: Logger.Metadata) -> String {
        var line = "{\"time\":\"\(LogTime.now())\",\"level\":\"\(level.rawValue)\",\"message\":"
        line += LogText.jsonString(message)
        for (name, value) in facts.sorted(by: { $0.key < $1.key }) {
            line += ",\(LogText.jsonString(name)):\(Self.jsonValue(value))"
        }
        return line + "}\n"
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
