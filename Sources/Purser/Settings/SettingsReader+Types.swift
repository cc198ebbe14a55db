import PurserOperations

extension SettingsReader {
    /// Reads a whole number.
    public func integer(_ key: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
        self.read(
            key,
            default: fallback,
            accepts: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            write: { "\($0)" },
            parse: { Int($0).flatMap { range.contains($0) ? $0 : nil } }
        )
    }

    /// Reads a number of bytes.
    public func bytes(_ key: String, default fallback: Int64, in range: ClosedRange<Int64>) -> Int64 {
        self.read(
            key,
            default: fallback,
            accepts: "a size such as 64KiB or 5GB, \(Self.describe(range))",
            write: ByteSize.exact,
            parse: { ByteSize.parse($0).flatMap { range.contains($0) ? $0 : nil } }
        )
    }

    /// Reads a number of bytes or a word that stands for none.
    public func optionalBytes(_ key: String, none word: String, in range: ClosedRange<Int64>) -> Int64? {
        self.read(
            key,
            default: Int64?.none,
            accepts: "'\(word)' or a size such as 64KiB or 5GB, \(Self.describe(range))",
            write: { $0.map(ByteSize.exact) ?? word },
            parse: { text in
                if text == word { return .some(nil) }
                return ByteSize.parse(text).flatMap { range.contains($0) ? .some($0) : nil }
            }
        )
    }

    private static func describe(_ range: ClosedRange<Int64>) -> String {
        let least = "at least \(ByteSize.exact(range.lowerBound))"
        return range.upperBound == .max ? least : "\(least), at most \(ByteSize.exact(range.upperBound))"
    }

    /// Reads a duration.
    public func duration(_ key: String, default fallback: Duration, in range: ClosedRange<Duration>) -> Duration {
        self.read(
            key,
            default: fallback,
            accepts: "a duration such as 30s or 10m, from \(DurationText.exact(range.lowerBound)) to "
                + DurationText.exact(range.upperBound),
            write: DurationText.exact,
            parse: { DurationText.parse($0).flatMap { range.contains($0) ? $0 : nil } }
        )
    }

    /// Reads a share in percent.
    public func percent(_ key: String, default fallback: Double) -> Double {
        self.read(
            key,
            default: fallback,
            accepts: "a number from 0 to 100",
            write: { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" },
            parse: { Double($0).flatMap { (0...100).contains($0) ? $0 : nil } }
        )
    }

    /// Reads a yes or no.
    public func boolean(_ key: String, default fallback: Bool) -> Bool {
        self.read(
            key,
            default: fallback,
            accepts: "true or false",
            write: { "\($0)" },
            parse: { text in
                switch text.lowercased() {
                case "true", "yes", "on", "1": true
                case "false", "no", "off", "0": false
                default: nil
                }
            }
        )
    }

    /// Reads a text that is not empty.
    public func text(_ key: String, default fallback: String) -> String {
        self.read(
            key,
            default: fallback,
            accepts: "a text that is not empty",
            write: { $0 },
            parse: { $0.isEmpty ? nil : $0 }
        )
    }

    /// Reads one of several words.
    public func choice<Value: RawRepresentable & CaseIterable>(_ key: String, default fallback: Value) -> Value
    where Value.RawValue == String {
        self.read(
            key,
            default: fallback,
            accepts: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            write: { $0.rawValue },
            parse: { Value(rawValue: $0) }
        )
    }
}
