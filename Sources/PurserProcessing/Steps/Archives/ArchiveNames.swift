import Foundation

/// The names under which files of an archive are kept, and the list that tells which is which.
struct ArchiveNames: Sendable {
    /// One file.
    struct Entry: Sendable, Hashable, Codable {
        /// Its name in the archive; for a file of an inner archive, that one's name and `!/` before it.
        var name: String
        /// The name under which it is kept.
        var file: String
        /// Its bytes.
        var size: Int64
    }

    /// All files so far.
    private(set) var entries: [Entry] = []
    private var taken: Set<String> = []
    private let prefix: String

    /// Begins a list of files that are kept under a folder.
    init(prefix: String) { self.prefix = prefix }

    /// Chooses a name for a file: its own as far as it is plain, with a number where two would be the same.
    mutating func add(_ name: String, size: Int64) -> String {
        let plain = OutputName.path(name, fallback: "file", components: OutputName.maxComponents - 1)
        var chosen = plain
        var number = 2
        // Compared without case, so that both can be taken down to any disk.
        while !self.taken.insert(chosen.lowercased()).inserted {
            chosen = Self.numbered(plain, number)
            number += 1
        }
        let file = "\(self.prefix)/\(chosen)"
        self.entries.append(Entry(name: name, file: file, size: size))
        return file
    }

    /// The list as JSON.
    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(["entries": self.entries])
    }

    /// `folder/a-2.txt` for `folder/a.txt`.
    private static func numbered(_ name: String, _ number: Int) -> String {
        let folder = name.lastIndex(of: "/").map { name[...$0] } ?? ""
        let last = name[folder.endIndex...]
        let dot = last.lastIndex(of: ".") ?? last.endIndex
        let stem = last[..<dot].prefix(OutputName.maxBytes - 20)
        return "\(folder)\(stem)-\(number)\(last[dot...].prefix(12))"
    }
}
