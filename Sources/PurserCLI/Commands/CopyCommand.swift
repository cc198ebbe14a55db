import ArgumentParser
import PurserIdentifiers

/// `purser cp`.
struct CopyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "cp",
        abstract: "Give a file's content another key, without moving bytes.",
        discussion: """
            A file that has the key is replaced. A KEY that ends with / is put before the last part of the old one.

            EXAMPLES:
              purser cp report.pdf archive/report.pdf
              purser cp --to-bucket backup report.pdf report.pdf
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var bucket: BucketOption

    @Option(help: ArgumentHelp("Bucket of the new key; the same one without this.", valueName: "name"))
    var toBucket: String?

    @Argument(help: ArgumentHelp("Key of the file.", valueName: "key"))
    var source: String

    @Argument(help: ArgumentHelp("The new key.", valueName: "new-key"))
    var target: String

    func run(in session: Session) async throws {
        let source = try self.bucket.place(self.source)
        let bucket = try self.toBucket.map { try BucketName($0) } ?? source.bucket
        let target = FilePlace(bucket: bucket, key: try FileKey(self.key))
        let stored = try await session.withService { try await $0.copy(source, to: target) }
        if session.console.style.isJSON { try session.console.result(JSONText.encode(stored)) }
        try session.console.done("copied \(source) to \(target) (\(ByteText.short(stored.file.size)))")
    }

    /// The new key.
    var key: String {
        guard self.target.utf8.last == UInt8(ascii: "/") else { return self.target }
        let last = self.source.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        return self.target + last
    }
}
