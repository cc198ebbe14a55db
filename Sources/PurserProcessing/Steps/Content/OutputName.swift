/// Names of files that are made, from names that came from outside.
enum OutputName {
    /// Bytes of one component.
    static let maxBytes = 100
    /// Components of a name.
    static let maxComponents = 4

    /// One component of a name: letters, digits, `.`, `_` and `-`, beginning with none of the last three.
    ///
    /// - Parameters:
    ///   - text: What it is made from; each run of other characters becomes one `_`.
    ///   - fallback: What it is called where nothing remains.
    /// - Returns: 1 to 100 bytes; the end, where a suffix stands, is kept.
    static func component(_ text: some StringProtocol, fallback: String) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            if Self.isPlain(scalar) {
                name.unicodeScalars.append(scalar)
            } else if name.last != "_" {
                name.append("_")
            }
        }
        name = String(name.suffix(Self.maxBytes).drop { !$0.isLetter && !$0.isNumber })
        return name.isEmpty ? fallback : name
    }

    /// A name of one to four components from a path in an archive; what is deeper is joined into the last.
    static func path(_ text: some StringProtocol, fallback: String, components: Int = maxComponents) -> String {
        let parts = text.split(separator: "/").filter { $0 != "." && $0 != ".." }
        let outer = parts.prefix(components - 1)
        let inner = parts.dropFirst(components - 1).joined(separator: "_")
        let all = outer.map { Self.component($0, fallback: "_") } + [Self.component(inner, fallback: "")]
        let named = all.filter { !$0.isEmpty && $0 != "_" }
        return named.isEmpty ? fallback : named.joined(separator: "/")
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
        default: false
        }
    }
}
