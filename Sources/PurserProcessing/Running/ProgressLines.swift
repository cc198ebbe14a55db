/// Takes the lines of the progress protocol out of what a program writes.
///
/// Such a line is `::progress FRACTION MESSAGE`: the fraction from 0 to 1, the message up to the end of the line, or none.
/// A line that only begins so is output like any other.
struct ProgressLines {
    private static let beginning = Array("::progress ".utf8)
    /// A longer line is not of the protocol.
    private static let maxLine = 1024
    private static let maxMessage = 200

    private let tell: @Sendable (Double, String?) -> Void
    private var isAtLineStart = true
    /// The beginning of a line that may be of the protocol.
    private var pending: [UInt8] = []

    init(_ tell: @escaping @Sendable (Double, String?) -> Void) {
        self.tell = tell
    }

    /// Takes what came, and gives back what is output.
    mutating func take(_ bytes: UnsafeRawBufferPointer, _ output: (UnsafeRawBufferPointer) -> Void) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if self.isAtLineStart || !self.pending.isEmpty {
                self.collect(&rest, output)
            } else {
                let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
                output(UnsafeRawBufferPointer(rebasing: rest[..<end]))
                self.isAtLineStart = rest[end - 1] == UInt8(ascii: "\n")
                rest = rest[end...]
            }
        }
    }

    /// Gives back what is left when nothing more comes.
    mutating func finish(_ output: (UnsafeRawBufferPointer) -> Void) {
        self.close(output)
    }

    private mutating func collect(
        _ rest: inout Slice<UnsafeRawBufferPointer>,
        _ output: (UnsafeRawBufferPointer) -> Void
    ) {
        self.isAtLineStart = false
        while let byte = rest.popFirst() {
            self.pending.append(byte)
            if byte == UInt8(ascii: "\n") {
                self.close(output)
                self.isAtLineStart = true
                return
            }
            let count = self.pending.count
            if count > Self.maxLine || (count <= Self.beginning.count && byte != Self.beginning[count - 1]) {
                self.release(output)
                return
            }
        }
    }

    private mutating func close(_ output: (UnsafeRawBufferPointer) -> Void) {
        guard let (fraction, message) = Self.parse(self.pending) else { return self.release(output) }
        self.pending.removeAll(keepingCapacity: true)
        self.tell(fraction, message)
    }

    private mutating func release(_ output: (UnsafeRawBufferPointer) -> Void) {
        self.pending.withUnsafeBytes { output($0) }
        self.pending.removeAll(keepingCapacity: true)
    }

    private static func parse(_ line: [UInt8]) -> (Double, String?)? {
        guard line.starts(with: Self.beginning) else { return nil }
        let text = String(decoding: line.dropFirst(Self.beginning.count), as: UTF8.self)
        let parts = text.split(separator: " ", maxSplits: 1)
        guard let first = parts.first else { return nil }
        let number = first.filter { !$0.isNewline }
        guard let fraction = Double(number), fraction.isFinite else { return nil }
        let message = parts.count > 1 ? String(parts[1].filter { !$0.isNewline }.prefix(Self.maxMessage)) : ""
        return (min(max(fraction, 0), 1), message.isEmpty ? nil : message)
    }
}
