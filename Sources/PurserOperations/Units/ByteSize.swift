/// A number of bytes with a unit, as people write it: `64KiB`, `5GB`, `1.5 MiB`, `4096`.
///
/// Units are those of IEC 80000-13 (KiB, MiB, GiB, TiB: powers of 1,024) and of the SI (kB, MB, GB, TB: powers of 1,000),
/// in either case.
public enum ByteSize {
    private static let units: [(name: String, bytes: Int64)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1),
    ]

    /// Reads a size.
    ///
    /// - Returns: Bytes, not negative; `nil` where the text is not a size or does not fit.
    public static func parse(_ text: String) -> Int64? {
        let trimmed = text.filter { $0 != " " && $0 != "_" }
        let digits = trimmed.prefix { ($0.isASCII && $0.isNumber) || $0 == "." }
        let unitName = trimmed.dropFirst(digits.count).lowercased()
        let unit: Int64
        if unitName.isEmpty {
            unit = 1
        } else {
            guard let found = self.units.first(where: { $0.name.lowercased() == unitName }) else { return nil }
            unit = found.bytes
        }
        if let whole = Int64(digits) {
            let (bytes, overflow) = whole.multipliedReportingOverflow(by: unit)
            return overflow ? nil : bytes
        }
        guard let number = Double(digits), number >= 0, number * Double(unit) < 9e18 else { return nil }
        return Int64((number * Double(unit)).rounded())
    }

    /// Writes a size exactly, with the largest unit that divides it.
    public static func exact(_ bytes: Int64) -> String {
        guard bytes > 0, let unit = self.units.first(where: { bytes % $0.bytes == 0 }) else { return "\(bytes)" }
        return unit.bytes == 1 ? "\(bytes)" : "\(bytes / unit.bytes)\(unit.name)"
    }
}
