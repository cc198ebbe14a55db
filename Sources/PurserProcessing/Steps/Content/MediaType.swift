/// The type of a content, without parameters, in lower case.
struct MediaType: Sendable, Hashable {
    /// Such as `image/jpeg`.
    let name: String

    /// Reads a type as a header or a program says it; `nil` where it says nothing of the content.
    init?(_ text: String?) {
        let essence = text?.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased() ?? ""
        guard essence.contains("/"), essence != "application/octet-stream", essence != "binary/octet-stream" else {
            return nil
        }
        self.name = Self.synonyms[essence] ?? essence
    }

    /// Whether it is one of a pattern: a type, `image/*`, or `*/*`.
    func matches(_ pattern: String) -> Bool {
        let pattern = pattern.lowercased()
        if pattern == "*/*" || pattern == "*" { return true }
        if pattern.hasSuffix("/*") { return self.name.hasPrefix(pattern.dropLast(1)) }
        return self.name == (Self.synonyms[pattern] ?? pattern)
    }

    /// Whether a person can read it as it is.
    var isTextual: Bool {
        self.name.hasPrefix("text/") || Self.textual.contains(self.name)
            || self.name.hasSuffix("+json") || self.name.hasSuffix("+xml")
    }

    /// Whether what was said and what was found can be the same thing: kinds of text are told apart by their use, not by
    /// their bytes.
    func agrees(with other: MediaType) -> Bool {
        self == other || (self.isTextual && other.isTextual)
    }

    private static let synonyms = [
        "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png",
        "image/x-ms-bmp": "image/bmp", "application/x-pdf": "application/pdf", "application/x-gzip": "application/gzip",
        "application/x-zip-compressed": "application/zip", "application/x-zstd": "application/zstd",
    ]
    private static let textual: Set<String> = [
        "application/json", "application/xml", "application/javascript", "application/yaml", "application/x-yaml",
        "application/toml", "application/sql", "application/x-ndjson", "application/csv",
    ]
}
