import ArgumentParser
import PurserIdentifiers
import SystemPackage

/// `purser put`.
struct PutCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Store a file, standard input, or a folder.",
        discussion: """
            A file that has the key is replaced. Without KEY the file's own name is the key; a KEY that ends with / is \
            put before it. What is cut off leaves nothing behind.

            With -r, files whose key has the same content are left as they are, so that a second run stores what is \
            missing or differs; --no-checksum stores all again. Files that fail do not stop the others, and are listed \
            at the end. Patterns of --exclude are those of rsync: '*.tmp', '/cache/', 'build/**/*.o'.

            EXAMPLES:
              purser put report.pdf
              purser put report.pdf archive/2026.pdf
              tar c data | purser put - data.tar
              purser put -r scans/ archive/scans
              purser put -r --exclude '*.tmp' --exclude .git/ project/
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var bucket: BucketOption

    @Flag(name: [.short, .long], help: "Store the files in a folder and below, 8 at a time.")
    var recursive = false

    @Option(help: ArgumentHelp("Media type of the file, such as application/pdf.", valueName: "type"))
    var contentType: String?

    @Option(name: .customLong("meta"), help: ArgumentHelp("Keep a value with the file.", valueName: "name=value"))
    var metadata: [SettingFlag] = []

    @Flag(help: "Fail where the key is taken, instead of replacing the file.")
    var ifAbsent = false

    @OptionGroup var selection: TransferSelection

    @Argument(help: ArgumentHelp("File to store; - is standard input.", valueName: "file"), completion: .file())
    var source: String

    @Argument(help: ArgumentHelp("Key to store it under; with -r what comes before all keys.", valueName: "key"))
    var target: String?

    func validate() throws {
        if self.recursive, self.source == "-" { throw ValidationError("-r takes a folder, not standard input.") }
        if self.source == "-", self.target == nil { throw ValidationError("Standard input has no name: say KEY.") }
        if self.source.isEmpty { throw ValidationError("FILE is empty.") }
        if self.source == "-", self.selection.checksum == true {
            throw ValidationError("--checksum takes a file, which can be read twice.")
        }
        try self.selection.check(isRecursive: self.recursive)
        _ = try self.options()
    }

    /// What goes with the files.
    func options() throws -> PutOptions {
        var options = PutOptions(contentType: self.contentType, mustBeNew: self.ifAbsent)
        if let contentType, !FieldText.isValue(contentType) || contentType.isEmpty {
            throw ValidationError("--content-type takes a media type such as application/pdf.")
        }
        for item in self.metadata {
            guard FieldText.isName(item.key), FieldText.isValue(item.value) else {
                throw ValidationError("--meta takes NAME=VALUE, both of printable ASCII and NAME without blanks.")
            }
            options.metadata[item.key.lowercased()] = item.value
        }
        return options
    }

    func run(in session: Session) async throws {
        let options = try self.options()
        guard self.recursive else { return try await self.putOne(in: session, options) }
        let walk = try FolderWalk(FilePath(self.source), excluding: self.selection.exclusion)
        let bucket = try self.bucket.bucket()
        let prefix = KeyPrefix.folder(self.target ?? "")
        try await session.withService(creates: true) { service in
            let upload = FolderUpload(
                service: service,
                bucket: bucket,
                prefix: prefix,
                options: options,
                comparesContents: self.selection.checksum ?? true
            )
            try await upload.run(walk, on: session.console)
        }
    }

    private func putOne(in session: Session, _ options: PutOptions) async throws {
        let place = try self.bucket.place(try self.key())
        let path = self.source == "-" ? nil : FilePath(self.source)
        // Before anything else: a file that is not there needs no server.
        if let path { _ = try ContentSource.file(path) }
        let compares = self.selection.checksum ?? false
        let outcome = try await session.withService(creates: true) { service in
            try await ProgressDisplay.show(on: session.console) { display in
                try await display.transfer(place.key.text) { progress in
                    let onBytes: @Sendable (Int64) -> Void = { progress.advance(bytes: $0) }
                    let source =
                        try path.map { try ContentSource.file($0, onBytes: onBytes) } ?? .input(onBytes: onBytes)
                    progress.expect(bytesTotal: source.size)
                    if compares, let path, let file = try await service.fileIfPresent(place) {
                        let compared = try ContentSource.file(path, onBytes: { progress.compare(bytes: $0) })
                        if try await SameContent.isStored(compared, as: file, options: options) {
                            return PutDocument(unchanged: file)
                        }
                    }
                    return PutDocument(
                        try await service.upload(source, to: place, options: options, operation: OperationID())
                    )
                }
            }
        }
        if session.console.style.isJSON { try session.console.result(JSONText.encode(outcome)) }
        try session.console.done(outcome.sentence(of: place))
    }

    /// The key of a single file.
    func key() throws -> String {
        guard self.source != "-" else { return self.target ?? "" }
        if let target, !target.hasSuffix("/") { return target }
        guard let name = FilePath(self.source).lastComponent, name.kind == .regular else {
            throw CommandError.usage("'\(self.source)' has no name to use as the key; say KEY")
        }
        return (self.target ?? "") + name.string
    }
}

/// What `put --json` says: the document of the stored file, and whether there was anything to do.
private struct PutDocument: Encodable {
    private let file: FileDocument
    private let stored: StoredFileDocument?

    /// Shows a file that was stored.
    init(_ stored: StoredFileDocument) {
        self.file = stored.file
        self.stored = stored
    }

    /// Shows a file that was left as it is.
    init(unchanged file: FileDocument) {
        self.file = file
        self.stored = nil
    }

    private enum CodingKeys: String, CodingKey {
        case deduplicated, unchanged
        case operationID = "operation_id"
    }

    func encode(to encoder: any Encoder) throws {
        try self.file.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.stored?.isDeduplicated ?? false, forKey: .deduplicated)
        try container.encode(self.stored?.operationID, forKey: .operationID)
        try container.encode(self.stored == nil, forKey: .unchanged)
    }

    /// What people are told.
    func sentence(of place: FilePlace) -> String {
        let size = ByteText.short(self.file.size)
        guard let stored else { return "\(place) has this content already (\(size)); nothing was sent" }
        return "stored \(place) (\(size)\(stored.isDeduplicated ? ", its content was there already" : ""))"
    }
}

/// What may stand in a header field (RFC 9110 §5).
enum FieldText {
    /// Whether the text can be a part of a field's name.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Whether the text can be a field's value as it is.
    static func isValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && text.first != " " && text.last != " "
    }
}
