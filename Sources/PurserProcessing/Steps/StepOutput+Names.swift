extension StepFile {
    /// Whether the name is one to four path components of letters, digits, `.`, `_` and `-`, none of which is `.` or `..`.
    public var hasProperName: Bool {
        let components = self.name.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...4).contains(components.count) else { return false }
        return components.allSatisfy { component in
            guard (1...128).contains(component.utf8.count), component != ".", component != ".." else { return false }
            return component.utf8.allSatisfy(Self.isProper)
        }
    }

    private static func isProper(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension StepOutput {
    /// The most files that one step may make.
    public static let maxFiles = 10_000
}

extension [String: StepValue] {
    /// Bytes of findings that a report takes.
    static let maxReportedBytes = 16_384

    /// Whether they are short enough for a report.
    var isShort: Bool {
        var rest = Self.maxReportedBytes
        return self.allSatisfy { $0.value.fits(&rest, adding: $0.key.utf8.count) }
    }
}

extension StepValue {
    /// Takes its length in JSON, roughly, from what is left; `false` where there is not as much.
    fileprivate func fits(_ rest: inout Int, adding length: Int = 0) -> Bool {
        rest -= length + 4
        guard rest >= 0 else { return false }
        switch self {
        case .string(let text):
            rest -= text.utf8.count
            return rest >= 0
        case .integer, .number, .bool, .null:
            rest -= 8
            return rest >= 0
        case .list(let elements): return elements.allSatisfy { $0.fits(&rest) }
        case .object(let elements): return elements.allSatisfy { $0.value.fits(&rest, adding: $0.key.utf8.count) }
        }
    }
}
