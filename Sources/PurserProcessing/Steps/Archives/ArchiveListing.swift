/// What is in an archive, as `bsdtar -tvvv --numeric-owner` lists it.
struct ArchiveListing: Sendable, Hashable {
    /// One thing in an archive.
    struct Entry: Sendable, Hashable {
        /// What it is: `-` for a file, `d` for a folder, `l` and `h` for links, others for devices and the like.
        var kind: Character
        /// Bytes of its content, as the archive says.
        var size: Int64
        /// Its name, with unusual bytes as escapes.
        var name: String
    }

    /// All of it, in the archive's order.
    var entries: [Entry] = []
    /// The last line, which tells the format.
    var format = ""

    /// Reads a listing.
    ///
    /// - Returns: `nil` where a line cannot be read, so that nothing in an archive goes unseen.
    init?(_ text: String) {
        for line in text.split(separator: "\n") {
            if line.hasPrefix("Archive Format: ") {
                self.format = String(line)
            } else if let entry = Self.entry(line) {
                self.entries.append(entry)
            } else {
                return nil
            }
        }
    }

    /// Files alone.
    var files: [Entry] { self.entries.filter { $0.kind == "-" } }

    /// Bytes of all files together; the largest number where they are too many to count.
    var totalSize: Int64 {
        self.files.reduce(0) { sum, entry in
            let (total, isOver) = sum.addingReportingOverflow(entry.size)
            return isOver ? .max : total
        }
    }

    /// Reads `-rw-r--r--  0 1000   1000      200 Nov 21 19:38 dir/file`.
    private static func entry(_ line: Substring) -> Entry? {
        var rest = line
        var fields: [Substring] = []
        while fields.count < 8 {
            rest = rest.drop { $0 == " " }
            let field = rest.prefix { $0 != " " }
            guard !field.isEmpty else { return nil }
            fields.append(field)
            rest = rest[field.endIndex...]
        }
        guard rest.first == " ", let kind = fields[0].first else { return nil }
        // Where a file has its size, a device has two numbers.
        guard let size = kind == "b" || kind == "c" ? 0 : Int64(fields[4]), size >= 0 else { return nil }
        let name = rest.dropFirst()
        return name.isEmpty ? nil : Entry(kind: kind, size: size, name: String(name))
    }
}
