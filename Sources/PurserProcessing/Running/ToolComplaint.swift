/// What is kept of what a program writes to its standard error: the beginning and the end.
///
/// The first words say what was wrong, the last ones what became of it; between them may lie gigabytes.
struct ToolComplaint {
    private static let part = 2000

    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    private var count = 0

    mutating func take(_ chunk: UnsafeRawBufferPointer) {
        self.count += chunk.count
        let room = Self.part - self.head.count
        self.head.append(contentsOf: chunk.prefix(room))
        guard chunk.count > room else { return }
        self.tail.append(contentsOf: chunk.dropFirst(room).suffix(Self.part))
        if self.tail.count > Self.part { self.tail.removeFirst(self.tail.count - Self.part) }
    }

    /// As text: what is not UTF-8, or controls a terminal, is replaced.
    var text: String {
        let left = self.count - self.head.count - self.tail.count
        let note = left > 0 ? "\n[… \(left) bytes …]\n" : ""
        return Self.text(self.head) + note + Self.text(self.tail)
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let allowed = bytes.map { byte in
            let isControl = byte < 0x20 || byte == 0x7F
            return isControl && byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\t") ? UInt8(ascii: "?") : byte
        }
        return String(decoding: allowed, as: UTF8.self)
    }
}
