/// Lines of a key and a value, as most files of the kernel have them.
struct KeyedLines: Sendable {
    private let values: [Substring: Substring]

    /// Takes lines apart at their first colon or blank; a later line of the same key is left out.
    init(_ text: String) {
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let end = line.firstIndex(where: { $0 == ":" || $0 == " " || $0 == "\t" }) else { continue }
            let key = line[..<end]
            if values[key] == nil { values[key] = line[line.index(after: end)...] }
        }
        self.values = values
    }

    /// The first word of a value.
    func word(_ key: Substring) -> Substring? {
        self.values[key]?.split(maxSplits: 1, whereSeparator: \.isWhitespace).first
    }

    /// A number that is not negative.
    func count(_ key: Substring) -> Int64? {
        guard let word = self.word(key), let count = Int64(word), count >= 0 else { return nil }
        return count
    }

    /// A number of kibibytes, in bytes.
    func kibibytes(_ key: Substring) -> Int64? {
        guard let count = self.count(key) else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 1024)
        return overflow ? nil : bytes
    }
}
