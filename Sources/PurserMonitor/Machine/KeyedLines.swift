/// Lines of a key and a value, as most files of the kernel have them.
struct KeyedLines: Sendable {
    private let values: [Substring: Substring]

    /// Takes lines apart at their first colon or blank; a later line of the same key is left out.
    init(_ text: String) {
        var values: [Substring: Substring] = [:]
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            guard let end = line.firstIndex(where: { $0 == UInt8(ascii: ":") || Self.isBlank($0) }) else { continue }
            let key = Substring(line[..<end])
            if values[key] == nil { values[key] = Substring(line[line.index(after: end)...]) }
        }
        self.values = values
    }

    /// The first word of a value.
    func word(_ key: Substring) -> Substring? {
        guard let value = self.values[key]?.utf8.drop(while: Self.isBlank) else { return nil }
        let word = value.prefix { !Self.isBlank($0) }
        return word.isEmpty ? nil : Substring(word)
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

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
