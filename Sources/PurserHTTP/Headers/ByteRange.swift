/// The value of `Range` (RFC 9110 §14): one range of bytes.
enum ByteRange: Equatable {
    /// From an offset to another, both included; `nil` is the end.
    case from(Int64, through: Int64?)
    /// The last bytes.
    case suffix(Int64)

    /// Reads the field.
    ///
    /// - Returns: `nil` where all of the content is to be sent: another unit, or several ranges (§14.2 allows both to be
    ///   ignored).
    /// - Throws: A problem 400 where the unit is bytes and the rest is not a range.
    static func parse(_ text: String) throws -> ByteRange? {
        let parts = text.trimmingBlanks().split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw Self.malformed }
        guard parts[0].lowercased() == "bytes" else { return nil }
        let ranges = try parts[1].split(separator: ",", omittingEmptySubsequences: false).map {
            try Self.parseOne($0.trimmingBlanks())
        }
        return ranges.count == 1 ? ranges.first : nil
    }

    private static func parseOne(_ text: Substring) throws -> ByteRange {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { throw Self.malformed }
        if ends[0].isEmpty {
            guard let count = try Self.number(ends[1]) else { throw Self.malformed }
            return .suffix(count)
        }
        guard let first = try Self.number(ends[0]) else { throw Self.malformed }
        let last = try Self.number(ends[1])
        if let last, last < first { throw Self.malformed }
        return .from(first, through: last)
    }

    private static func number(_ digits: Substring) throws -> Int64? {
        guard !digits.isEmpty else { return nil }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { throw Self.malformed }
        // More than any content has is as good as the end.
        return Int64(digits) ?? .max
    }

    private static var malformed: Problem {
        .malformed("invalid_range", "Range takes bytes=FIRST-LAST, bytes=FIRST- or bytes=-COUNT")
    }

    /// The bytes of a content of a certain size; `nil` where none of it is meant.
    func resolved(size: Int64) -> Range<Int64>? {
        switch self {
        case .from(let first, let last):
            guard first < size else { return nil }
            return first..<min(size, last.map { $0 == .max ? .max : $0 + 1 } ?? size)
        case .suffix(let count):
            guard count > 0, size > 0 else { return nil }
            return max(0, size - count)..<size
        }
    }
}
