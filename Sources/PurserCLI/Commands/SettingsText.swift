/// Settings in the form of their file.
enum SettingsText {
    /// Writes dotted keys and values as nested YAML, in the order in which their first parts come up.
    ///
    /// - Returns: Lines.
    static func yaml(_ settings: [(key: String, value: String)]) -> [String] {
        self.lines(settings.map { ($0.key.split(separator: ".").map(String.init)[...], $0.value) }, indent: "")
    }

    private static func lines(_ settings: [(path: ArraySlice<String>, value: String)], indent: String) -> [String] {
        var lines: [String] = []
        var seen: Set<String> = []
        for (path, value) in settings {
            guard let name = path.first, seen.insert(name).inserted else { continue }
            guard path.count > 1 else {
                lines.append("\(indent)\(name): \(self.scalar(value))")
                continue
            }
            let inner = settings.filter { $0.path.first == name }.map { ($0.path.dropFirst(), $0.value) }
            lines.append("\(indent)\(name):")
            lines += self.lines(inner, indent: indent + "  ")
        }
        return lines
    }

    /// Plain where that cannot be mistaken, else in double quotes (YAML 1.2.2 §7.3.1).
    private static func scalar(_ value: String) -> String {
        let isPlain =
            !value.isEmpty && value != "~" && value.lowercased() != "null"
            && value.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
        guard !isPlain else { return value }
        var quoted = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + (digits.count < 2 ? "0" : "") + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return "\"\(quoted)\""
    }
}
