import ArgumentParser
import PurserIdentifiers

/// `purser buckets`.
struct BucketsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "buckets",
        abstract: "List, create and delete buckets.",
        discussion: """
            EXAMPLES:
              purser buckets
              purser buckets create backup
              purser buckets delete backup
            """,
        subcommands: [BucketListCommand.self, BucketCreateCommand.self, BucketDeleteCommand.self],
        defaultSubcommand: BucketListCommand.self
    )
}

/// `purser buckets list`.
struct BucketListCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List all buckets, with their files and bytes."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    func run(in session: Session) async throws {
        let buckets = try await session.withService { try await $0.buckets() }
        guard !session.console.style.isJSON else {
            return try session.console.result(JSONText.encode(["buckets": buckets]))
        }
        let width = buckets.map(\.name.count).max() ?? 0
        try session.console.results(
            buckets.map { bucket in
                let count = "\(bucket.files) \(bucket.files == 1 ? "file" : "files")"
                return
                    "\(bucket.name.padding(to: width))  \(count.padded(to: 12))  \(ByteText.short(bucket.logicalBytes))"
            }
        )
    }
}

/// `purser buckets create`.
struct BucketCreateCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a bucket, or find it there."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("3 to 63 lower-case letters, digits, dots and hyphens.", valueName: "name"))
    var name: String

    func run(in session: Session) async throws {
        let name = try BucketName(self.name)
        let bucket = try await session.withService(creates: true) { try await $0.createBucket(name) }
        if session.console.style.isJSON { try session.console.result(JSONText.encode(bucket)) }
        try session.console.done("there is a bucket \(bucket.name)")
    }
}

/// `purser buckets delete`.
struct BucketDeleteCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete an empty bucket."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The bucket.", valueName: "name"))
    var name: String

    func run(in session: Session) async throws {
        let name = try BucketName(self.name)
        try await session.withService { try await $0.deleteBucket(name) }
        if session.console.style.isJSON { try session.console.result(JSONText.encode(["deleted": name.text])) }
        try session.console.done("deleted the bucket \(name)")
    }
}
