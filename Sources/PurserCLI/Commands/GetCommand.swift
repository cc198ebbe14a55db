import ArgumentParser
import PurserIdentifiers
import Synchronization
import SystemPackage

/// `purser get`.
struct GetCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Fetch a file, or all files under a prefix.",
        discussion: """
            The bytes go to FILE.DIGITS.part and get their name once they are whole and their SHA-256 is the stored one's. \
            What came of a download that was interrupted is kept, and the same command continues there. Without FILE the last part of the key is the name; where FILE is a folder, it goes there.

            With -r, files that have the same content already are left as they are, so that a second run fetches what is \
            missing or differs; --no-checksum fetches all again. Files that fail do not stop the others, and are listed \
            at the end. Patterns of --exclude are those of rsync: '*.tmp', '/cache/', 'build/**/*.o'.

            EXAMPLES:
              purser get archive/2026.pdf
              purser get archive/2026.pdf copy.pdf
              purser get data.tar - | tar x
              purser get -r archive/scans scans
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var bucket: BucketOption

    @Flag(name: [.short, .long], help: "Fetch all files under a prefix into a folder, 8 at a time.")
    var recursive = false

    @OptionGroup var selection: TransferSelection

    @Argument(help: ArgumentHelp("Key of the file; with -r what all keys begin with, as a folder.", valueName: "key"))
    var source: String

    @Argument(
        help: ArgumentHelp("File to write, or folder; - is standard output.", valueName: "file"),
        completion: .file()
    )
    var target: String?

    func validate() throws {
        if self.recursive {
            guard let target, !target.isEmpty, target != "-" else {
                throw ValidationError("-r needs a folder: get -r PREFIX DIR.")
            }
        }
        if self.target == "-", self.selection.checksum == true {
            throw ValidationError("--checksum compares with a file, not with standard output.")
        }
        try self.selection.check(isRecursive: self.recursive)
        if self.target == "-", self.common.json {
            throw ValidationError("--json and - would both write to standard output.")
        }
    }

    func run(in session: Session) async throws {
        if self.recursive { return try await self.getAll(in: session) }
        let place = try self.bucket.place(self.source)
        if self.target == "-" { return try await self.get(place, to: .standardOutput, in: session) }
        let path = try DownloadTarget.path(of: place.key, argument: self.target)
        switch try FileStatus.ifPresent(path)?.kind {
        case .folder: throw CommandError.usage("\(path) is a folder")
        case .special:
            let descriptor = try FileDescriptor.open(path, .writeOnly, options: [.closeOnExec])
            try await descriptor.closeAfter { try await self.get(place, to: descriptor, in: session) }
        default: try await self.get(place, to: path, in: session)
        }
    }

    private func get(_ place: FilePlace, to path: FilePath, in session: Session) async throws {
        let console = session.console
        let compares = self.selection.checksum ?? false
        let fetched = try await session.withService { service in
            try await ProgressDisplay.show(on: console) { display in
                let file = try await service.file(place)
                return try await display.transfer(place.key.text, bytesTotal: file.size) { progress in
                    if compares,
                        try await SameContent.isFetched(path, as: file, onBytes: { progress.compare(bytes: $0) })
                    {
                        return FetchedDocument(unchanged: file, path: path)
                    }
                    let offset = Atomic<Int64>(0)
                    let facts = try await FileDownload(service: service, place: place).run(
                        to: path,
                        expecting: ContentFacts(file),
                        begin: { facts in
                            offset.store(facts.offset, ordering: .relaxed)
                            progress.expect(bytesTotal: facts.size, offset: facts.offset)
                        },
                        onBytes: { progress.advance(bytes: $0) }
                    )
                    return FetchedDocument(place, facts, path, continuedFrom: offset.load(ordering: .relaxed))
                }
            }
        }
        if console.style.isJSON { try console.result(JSONText.encode(fetched)) }
        try console.done(fetched.sentence(of: place))
    }

    private func get(_ place: FilePlace, to descriptor: FileDescriptor, in session: Session) async throws {
        try await session.withService { service in
            try await ProgressDisplay.show(on: session.console) { display in
                try await display.transfer(place.key.text) { progress in
                    try await FileDownload(service: service, place: place).run(
                        to: descriptor,
                        begin: { progress.expect(bytesTotal: $0.size) },
                        onBytes: { progress.advance(bytes: $0) }
                    )
                }
            }
        }
    }

    private func getAll(in session: Session) async throws {
        let bucket = try self.bucket.bucket()
        let folder = FilePath(self.target ?? "")
        let prefix = KeyPrefix.folder(self.source)
        try await session.withService { service in
            let download = FolderDownload(
                service: service,
                bucket: bucket,
                prefix: prefix,
                folder: folder,
                exclusion: self.selection.exclusion,
                comparesContents: self.selection.checksum ?? true
            )
            try await download.run(on: session.console)
        }
    }
}

/// What `get --json` says.
private struct FetchedDocument: Encodable {
    var bucket: String
    var key: String
    var size: Int64
    var sha256: String
    var path: String
    var unchanged = false
    /// Bytes that an earlier download had left.
    var continuedFrom: Int64 = 0

    private enum CodingKeys: String, CodingKey {
        case bucket, key, size, sha256, path, unchanged
        case continuedFrom = "continued_from"
    }

    /// Shows a file that was fetched.
    init(_ place: FilePlace, _ facts: ContentFacts, _ path: FilePath, continuedFrom: Int64) {
        self.bucket = place.bucket.text
        self.key = place.key.text
        self.size = facts.size
        self.sha256 = facts.sha256.hex
        self.path = path.string
        self.continuedFrom = continuedFrom
    }

    /// Shows a file that was left as it is.
    init(unchanged file: FileDocument, path: FilePath) {
        self.bucket = file.bucket
        self.key = file.key
        self.size = file.size
        self.sha256 = file.sha256
        self.path = path.string
        self.unchanged = true
    }

    /// What people are told.
    func sentence(of place: FilePlace) -> String {
        let size = ByteText.short(self.size)
        return self.unchanged
            ? "\(self.path) has the content of \(place) already (\(size)); nothing was fetched"
            : "fetched \(place) to \(self.path) (\(size))"
    }
}

extension FileDescriptor {
    /// Closes the descriptor when the body ends.
    fileprivate func closeAfter(_ body: () async throws -> Void) async throws {
        defer {
            // A device or a pipe: what was written is out.
            try? self.close()
        }
        try await body()
    }
}
