/// One of the five fields of a cron expression: which values it takes.
struct CronField: Hashable, Sendable {
    /// What a field may say.
    struct Kind: Sendable {
        /// What it is called, for people.
        var name: String
        /// The values that there are.
        var range: ClosedRange<Int>
        /// Names that stand for the values from the lowest on.
        var names: [String] = []

        static let minute = Kind(name: "minute", range: 0...59)
        static let hour = Kind(name: "hour", range: 0...23)
        static let day = Kind(name: "day of the month", range: 1...31)
        static let month = Kind(
            name: "month",
            range: 1...12,
            names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        )
        /// 7 is Sunday too.
        static let weekday = Kind(
            name: "day of the week",
            range: 0...7,
            names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        )
    }

    /// A bit for each value.
    private var bits: UInt64
    /// Whether it begins with `*`: as far as days are concerned, it then asks for nothing.
    let isWildcard: Bool

    /// Reads a list of values, ranges and steps: `*`, `5`, `1-5`, `*/15`, `mon-fri`, `1,15,20-28/4`.
    ///
    /// - Throws: ``ScheduleError``, which says what is wrong with which field.
    init(_ text: some StringProtocol, _ kind: Kind) throws(ScheduleError) {
        var bits: UInt64 = 0
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            bits |= try Self.bits(of: String(item), kind)
        }
        self.bits = bits
        self.isWildcard = text.hasPrefix("*")
    }

    func contains(_ value: Int) -> Bool { self.bits & (1 << UInt64(value)) != 0 }

    /// Makes the value 7 mean what 0 means.
    mutating func foldSunday() {
        if self.contains(7) { self.bits = (self.bits | 1) & ~(1 << 7) }
    }

    private static func bits(of item: String, _ kind: Kind) throws(ScheduleError) -> UInt64 {
        let parts = item.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else { throw Self.error(item, kind, "has more than one step") }
        var step = 1
        if parts.count == 2 {
            guard let number = Int(parts[1]), (1...kind.range.upperBound).contains(number) else {
                throw Self.error(item, kind, "has a step that is no number from 1 to \(kind.range.upperBound)")
            }
            step = number
        }
        let bounds = try Self.bounds(of: parts[0], in: item, kind)
        guard parts.count == 1 || bounds.lowerBound < bounds.upperBound else {
            throw Self.error(item, kind, "has a step without a range")
        }
        return stride(from: bounds.lowerBound, through: bounds.upperBound, by: step)
            .reduce(0) { $0 | 1 << UInt64($1) }
    }

    private static func bounds(
        of text: String,
        in item: String,
        _ kind: Kind
    ) throws(ScheduleError) -> ClosedRange<Int> {
        // Sunday once only, else every second day would be one of seven.
        guard text != "*" else { return kind.range.lowerBound...min(kind.range.upperBound, kind.lastOfAll) }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count) else { throw Self.error(item, kind, "is no range") }
        let first = try Self.value(of: ends[0], in: item, kind)
        let last = ends.count == 2 ? try Self.value(of: ends[1], in: item, kind) : first
        guard first <= last else { throw Self.error(item, kind, "is a range that ends before it begins") }
        return first...last
    }

    private static func value(of text: Substring, in item: String, _ kind: Kind) throws(ScheduleError) -> Int {
        if let index = kind.names.firstIndex(of: text.lowercased()) { return index + kind.range.lowerBound }
        let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isNumber, let value = Int(text), kind.range.contains(value) else {
            throw Self.error(
                item,
                kind,
                "takes \(kind.range.lowerBound) to \(kind.range.upperBound)"
                    + (kind.names.isEmpty ? "" : ", or names like '\(kind.names[0])'")
            )
        }
        return value
    }

    private static func error(_ item: String, _ kind: Kind, _ reason: String) -> ScheduleError {
        ScheduleError("the \(kind.name) '\(item.prefix(40))' \(reason)")
    }
}

extension CronField.Kind {
    /// The last value of `*`.
    fileprivate var lastOfAll: Int { self.range == 0...7 ? 6 : self.range.upperBound }
}

/// Why a schedule or a window cannot be.
public struct ScheduleError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, for people.
    public var description: String

    /// Describes what is wrong.
    public init(_ description: String) {
        self.description = description
    }
}
