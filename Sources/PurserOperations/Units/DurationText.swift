/// A duration with a unit, as people write it: `30s`, `10m`, `1h30m`, `250ms`, `2d`; a number alone is seconds.
public enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// Reads a duration.
    ///
    /// - Returns: A duration that is not negative; `nil` where the text is not one.
    public static func parse(_ text: String) -> Duration? {
        var rest = text.filter { $0 != " " }[...]
        guard !rest.isEmpty else { return nil }
        if let seconds = Double(rest), seconds >= 0, seconds < 1e12 {
            return .milliseconds(Int64((seconds * 1000).rounded()))
        }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { ($0.isASCII && $0.isNumber) || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let number = Double(digits), let unit = self.units.first(where: { $0.name == name }) else {
                return nil
            }
            total += number * Double(unit.milliseconds)
        }
        guard total < 1e15 else { return nil }
        return .milliseconds(Int64(total.rounded()))
    }

    /// Writes a duration exactly to the millisecond, with the largest unit that divides it.
    public static func exact(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard milliseconds > 0, let unit = self.units.first(where: { milliseconds % $0.milliseconds == 0 }) else {
            return "0s"
        }
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}
