import ArgumentParser
import PurserIdentifiers

/// `purser ls`.
struct ListCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List files.",
        discussion: """
            Shows one level, as folders are: keys are rolled up at the next / behind PREFIX. In the order of bytes.

            EXAMPLES:
              purser ls
              purser ls -l archive/
              purser ls -r --json
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var bucket: BucketOption

    @Flag(name: .short, help: "Show size and time as well.")
    var long = false

    @Flag(name: [.short, .long], help: "Show all levels.")
    var recursive = false

    @Option(help: ArgumentHelp("Roll keys up at this text instead of /.", valueName: "text"))
    var delimiter: String?

    @Argument(help: ArgumentHelp("Only keys that begin so.", valueName: "prefix"))
    var prefix = ""

    func validate() throws {
        if self.recursive, self.delimiter != nil {
            throw ValidationError("-r rolls nothing up: leave --delimiter out.")
        }
        if self.delimiter?.isEmpty == true { throw ValidationError("--delimiter takes a text that is not empty.") }
        if self.prefix.utf8.count > FileKey.maxBytes {
            throw ValidationError("PREFIX takes \(FileKey.maxBytes) bytes.")
        }
    }

    func run(in session: Session) async throws {
        var query = FileQuery(bucket: try self.bucket.bucket(), prefix: self.prefix)
        query.delimiter = self.recursive ? nil : self.delimiter ?? "/"
        let console = session.console
        let isLong = self.long
        try await session.withService { [query] service in
            var output = ListOutput(console: console, isLong: isLong)
            var cursor: FilePage.Cursor?
            repeat {
                let page = try await service.list(query, after: cursor)
                try output.show(page)
                cursor = page.next
            } while cursor != nil
            try output.finish()
        }
    }
}

/// Pages of names on the way to the user, each written when it comes.
private struct ListOutput {
    let console: Console
    let isLong: Bool
    private var prefixes: [String] = []
    private var isFirst = true

    init(console: Console, isLong: Bool) {
        self.console = console
        self.isLong = isLong
    }

    mutating func show(_ page: FilePage) throws {
        guard !self.console.style.isJSON else { return try self.showDocuments(page) }
        let files = page.files.map { (key: $0.key, line: self.line($0.key, $0)) }
        let prefixes = page.prefixes.map { (key: $0, line: self.line($0, nil)) }
        let lines = (files + prefixes).sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        try self.console.results(lines.map(\.line))
    }

    private func line(_ key: String, _ file: FileDocument?) -> String {
        guard self.isLong else { return key }
        guard let file else { return "\("".padded(to: 9))  \("".padding(to: 24))  \(key)" }
        return "\(ByteText.short(file.size).padded(to: 9))  \(file.modifiedAt.padding(to: 24))  \(key)"
    }

    /// One document for all pages, of which only the prefixes wait for the end.
    private mutating func showDocuments(_ page: FilePage) throws {
        self.prefixes += page.prefixes
        for file in page.files {
            try self.console.result((self.isFirst ? #"{"files":["# + "\n" : ",") + JSONText.encode(file))
            self.isFirst = false
        }
    }

    func finish() throws {
        guard self.console.style.isJSON else { return }
        let start = self.isFirst ? #"{"files":["# : ""
        try self.console.result("\(start)],\"prefixes\":\(JSONText.encode(self.prefixes))}")
    }
}
