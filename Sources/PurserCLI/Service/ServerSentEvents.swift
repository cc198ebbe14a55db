/// Takes the data of events out of a stream (WHATWG HTML §9.2.6), piece by piece.
struct ServerSentEvents {
    /// More data than this in one event is refused.
    static let maxBytes = 1 << 20

    private var line: [UInt8] = []
    private var data: [String] = []
    private var size = 0
    private var isAfterReturn = false

    /// Takes a piece of the stream.
    ///
    /// - Returns: The data of the events that it completes.
    mutating func take(_ bytes: some Sequence<UInt8>) throws -> [String] {
        var events: [String] = []
        for byte in bytes {
            defer { self.isAfterReturn = byte == UInt8(ascii: "\r") }
            switch byte {
            case UInt8(ascii: "\n") where self.isAfterReturn: continue
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if let event = self.endLine() { events.append(event) }
            default:
                self.line.append(byte)
                self.size += 1
                guard self.size <= Self.maxBytes else {
                    throw CommandError("the server sent an event of more than \(ByteText.short(Int64(Self.maxBytes)))")
                }
            }
        }
        return events
    }

    private mutating func endLine() -> String? {
        defer { self.line.removeAll(keepingCapacity: true) }
        guard !self.line.isEmpty else {
            defer {
                self.data.removeAll()
                self.size = 0
            }
            return self.data.isEmpty ? nil : self.data.joined(separator: "\n")
        }
        let line = String(decoding: self.line, as: UTF8.self)
        if line.hasPrefix("data:") {
            let value = line.dropFirst("data:".count)
            self.data.append(String(value.first == " " ? value.dropFirst() : value))
        } else if line.hasPrefix(":") {
            // A comment keeps the connection alive, and is not part of an event.
            self.size -= self.line.count
        }
        return nil
    }
}
