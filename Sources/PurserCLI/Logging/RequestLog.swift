import Logging
import PurserHTTP

/// Writes the lines of requests, in the same form as all others.
///
/// There is one for every request, so they do not go through the facts of a `Logger`, which cost a dictionary each, but
/// are put together in the memory from which they are written.
struct RequestLog: Sendable {
    let format: LogFormat
    let level: Logger.Level
    let sink: LogSink

    /// Whether lines are written at all.
    var isHeard: Bool { self.level <= .info }

    /// Writes a line at the level `info`.
    func write(_ record: RequestRecord) {
        var line = LogLine(reserving: 384)
        switch self.format {
        case .plain:
            line += LogTime.now()
            line += " info request"
            record.forEachField { name, value in line.addPair(name, value) }
        case .json:
            line += "{\"time\":\""
            line += LogTime.now()
            line += "\",\"level\":\"info\",\"message\":\"request\""
            record.forEachField { name, value in line.addMember(name, value) }
            line += "}"
        }
        line += "\n"
        self.sink.take(line.bytes, isUrgent: false)
    }
}

/// A line of the log as it grows.
private struct LogLine {
    private(set) var bytes: [UInt8] = []

    init(reserving capacity: Int) {
        self.bytes.reserveCapacity(capacity)
    }

    static func += (line: inout LogLine, text: String) { line.bytes += text.utf8 }

    /// Adds ` name=value`.
    mutating func addPair(_ name: StaticString, _ value: RequestRecord.Value) {
        self += " "
        self.add(name)
        self += "="
        switch value {
        case .text(let text): self += LogText.pairValue(text)
        case .integer(let number): self += String(number)
        case .seconds(let seconds): self += "\(seconds)"
        }
    }

    /// Adds `,"name":value`.
    mutating func addMember(_ name: StaticString, _ value: RequestRecord.Value) {
        self += ",\""
        self.add(name)
        self += "\":"
        switch value {
        case .text(let text): self += LogText.jsonString(text)
        case .integer(let number): self += String(number)
        case .seconds(let seconds): self += "\(seconds)"
        }
    }

    private mutating func add(_ name: StaticString) {
        self.bytes += UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    }
}
