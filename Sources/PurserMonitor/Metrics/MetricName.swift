/// The rule for names of metrics.
public enum MetricName {
    /// The longest name, in bytes.
    public static let maxLength = 64

    /// Whether a text can be the name of a metric: `[a-z][a-z0-9_.]{0,63}`.
    public static func isWellFormed(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count <= Self.maxLength, let first = bytes.first, Self.isLetter(first) else { return false }
        return bytes.allSatisfy { byte in
            Self.isLetter(byte) || Self.isDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
