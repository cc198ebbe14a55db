import ArgumentParser

/// `purser stat`.
struct StatCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "stat",
        abstract: "Show what is known of a file.",
        discussion: """
            EXAMPLES:
              purser stat report.pdf
              purser stat --json report.pdf
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var bucket: BucketOption

    @Argument(help: ArgumentHelp("Key of the file.", valueName: "key"))
    var key: String

    func run(in session: Session) async throws {
        let place = try self.bucket.place(self.key)
        let file = try await session.withService { try await $0.file(place) }
        guard !session.console.style.isJSON else { return try session.console.result(JSONText.encode(file)) }
        var lines = [
            "key       \(file.key)", "bucket    \(file.bucket)",
            "size      \(file.size)" + (file.size < 1024 ? "" : " (\(ByteText.short(file.size)))"),
            "sha256    \(file.sha256)", "type      \(file.contentType)", "created   \(file.createdAt)",
            "modified  \(file.modifiedAt)",
        ]
        for (name, value) in file.metadata.sorted(by: { $0.key < $1.key }) {
            lines.append("meta      \(name)=\(value)")
        }
        try session.console.results(lines)
    }
}
