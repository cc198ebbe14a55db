import ArgumentParser
import Foundation
import PurserIdentifiers

/// Options that every command takes.
struct CommonOptions: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "Use the server at URL. ($PURSER_SERVER; else the one that holds the store.)",
            valueName: "url"
        )
    )
    var server: String?

    @Option(help: ArgumentHelp("Folder of the store.", valueName: "dir"), completion: .directory)
    var storage: String?

    @Option(
        help: ArgumentHelp(
            "File of settings. ($PURSER_CONFIG; else config/purser.yaml where it exists.)",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Set any setting, such as log.level=debug.", valueName: "key=value")
    )
    var settings: [SettingFlag] = []

    @Flag(help: "Write results as JSON.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing but results and failures.")
    var quiet = false
}

/// The bucket that a command works in.
struct BucketOption: ParsableArguments, Sendable {
    @Option(
        name: [.customShort("b"), .customLong("bucket")],
        help: ArgumentHelp("Bucket to work in.", valueName: "name")
    )
    var name = "default"

    /// The bucket.
    ///
    /// - Throws: `IdentifierError`.
    func bucket() throws -> BucketName { try BucketName(self.name) }

    /// A file in the bucket.
    ///
    /// - Throws: `IdentifierError`.
    func place(_ key: String) throws -> FilePlace {
        FilePlace(bucket: try self.bucket(), key: try FileKey(key))
    }
}

/// A setting on the command line: `KEY=VALUE`.
struct SettingFlag: ExpressibleByArgument, Sendable, Hashable {
    /// The dotted key.
    var key: String
    /// What is behind the first equals sign.
    var value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        self.key = String(argument[..<equals])
        self.value = String(argument[argument.index(after: equals)...])
    }
}
