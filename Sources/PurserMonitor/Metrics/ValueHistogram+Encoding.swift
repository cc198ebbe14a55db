/// A histogram in the history: only the buckets that hold anything.
///
/// ```
/// byte    version, 1
/// byte    exponent: values were multiplied by ten to this power
/// varint  how many buckets of values from zero up follow
///           each: varint, its number less that of the bucket before; varint, its count
/// varint  how many buckets of negative values follow, by magnitude
///           each: as above
/// ```
///
/// A varint has seven bits per byte, the low ones first, and the top bit set on all bytes but its last. The numbers of
/// buckets are those of ``HistogramBucket``.
extension ValueHistogram {
    private static let version: UInt8 = 1

    /// The histogram as bytes; some dozen, as a rule.
    func encoded() -> [UInt8] {
        var bytes = [Self.version, self.exponent]
        let counts = self.counts()
        for side in [counts.positive, counts.negative] {
            Self.append(UInt64(side.count), to: &bytes)
            var last = 0
            for (bucket, count) in side {
                Self.append(UInt64(bucket - last), to: &bytes)
                Self.append(UInt64(count), to: &bytes)
                last = bucket
            }
        }
        return bytes
    }

    /// Adds what ``encoded()`` gave.
    ///
    /// - Returns: Whether the bytes were whole, and of the same unit; if not, nothing is added.
    mutating func add(encoded bytes: [UInt8]) -> Bool {
        guard bytes.count >= 2, bytes[0] == Self.version, bytes[1] == self.exponent else { return false }
        var rest = bytes.dropFirst(2)
        var added = ValueHistogram(exponent: self.exponent)
        for isNegative in [false, true] {
            guard let buckets = Self.takeNumber(from: &rest), buckets <= HistogramBucket.last + 1 else { return false }
            var bucket: UInt64 = 0
            for _ in 0..<buckets {
                guard let step = Self.takeNumber(from: &rest), let count = Self.takeNumber(from: &rest),
                    let count = UInt32(exactly: count), step <= HistogramBucket.last
                else { return false }
                bucket += step
                guard bucket <= HistogramBucket.last else { return false }
                added.record(bucket: Int(bucket), count: count, isNegative: isNegative)
            }
        }
        guard rest.isEmpty else { return false }
        self.add(added)
        return true
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func takeNumber(from bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 56, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            number |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return number }
        }
        return nil
    }
}
