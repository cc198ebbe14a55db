public import SystemPackage

/// What a folder is to Purser, told by its file `format`.
///
/// The file is one line, `purser storage 1`, and is written last of all when a store is made: a folder that has it was
/// made completely.
public enum StoreFormat: Sendable, Hashable {
    /// No store: nothing there, or what an interrupted first start has left, which holds no content yet.
    case absent
    /// A store of the version that this Purser writes.
    case current

    /// The version of the layout that this Purser reads and writes.
    public static let version = 1

    private static let prefix = "purser storage "
    private static let maxBytes = 256

    /// Looks at a folder without changing anything in it.
    ///
    /// - Throws: ``BlobError`` `.newerFormat` where a newer Purser wrote it; `.notAStore` where something else did, or
    ///   where contents are there and the format is not; `.inputOutput`.
    public static func check(
        at root: FilePath,
        fileSystem: any FileSystem = LocalFileSystem()
    ) throws(BlobError) -> StoreFormat {
        let layout = StoreLayout(root: root)
        let text: String?
        do {
            text = try fileSystem.text(of: layout.format, maxBytes: Self.maxBytes)
        } catch {
            if error.errno == .notDirectory {
                throw BlobError(.notAStore, "\(root) is not a folder", cause: error)
            }
            throw BlobError(error, "looking at the storage folder \(root)")
        }
        guard let text else {
            try Self.requireNoContents(in: layout, fileSystem: fileSystem)
            return .absent
        }
        try Self.require(text, at: root)
        return .current
    }

    /// Declares a folder to be a store of this version.
    ///
    /// Durable when it returns; call it when all else is in place.
    public static func write(
        at root: FilePath,
        fileSystem: any FileSystem = LocalFileSystem()
    ) throws(BlobError) {
        try BlobError.translating("writing the storage format to \(root)") { () throws(FileSystemError) in
            try fileSystem.write("\(Self.prefix)\(Self.version)\n", durablyTo: StoreLayout(root: root).format)
        }
    }

    private static func require(_ text: String, at root: FilePath) throws(BlobError) {
        let line = text.prefix { $0 != "\n" }
        guard line.hasPrefix(Self.prefix), let version = Int(line.dropFirst(Self.prefix.count)), version >= 1 else {
            throw BlobError(.notAStore, "\(root)/format is not the format file of a store")
        }
        guard version == Self.version else {
            throw BlobError(
                .newerFormat,
                "\(root) has storage format \(version); this Purser knows \(Self.version). Nothing was touched; use a newer one"
            )
        }
    }

    /// Names that are there before a store is complete, or that people and file systems put into an empty folder.
    private static let harmlessNames: Set<String> = [
        "lock", "reserve", "blobs", "staging", "temp", "quarantine", "format.new", "lost+found",
        "README", "README.md", ".gitignore", ".gitkeep", ".DS_Store",
    ]

    private static func requireNoContents(
        in layout: StoreLayout,
        fileSystem: any FileSystem
    ) throws(BlobError) {
        let task = "looking at the storage folder \(layout.root)"
        let stranger = try BlobError.translating(task) { () throws(FileSystemError) in
            try self.foreignName(in: layout, fileSystem: fileSystem)
        }
        if let stranger {
            throw BlobError(
                .notAStore,
                "\(layout.root) is not empty and not a store (it holds '\(stranger)'); nothing was touched. "
                    + "Give another folder as storage.path"
            )
        }
        let hasBlobs = try BlobError.translating(task) { () throws(FileSystemError) in
            try self.hasBlobs(in: layout, fileSystem: fileSystem)
        }
        guard !hasBlobs else {
            throw BlobError(
                .notAStore,
                "\(layout.root) holds contents, but its file 'format' is gone; nothing was touched. "
                    + "If this is a store, write the line '\(Self.prefix)\(Self.version)' into it"
            )
        }
    }

    private static func foreignName(
        in layout: StoreLayout,
        fileSystem: any FileSystem
    ) throws(FileSystemError) -> FilePath.Component? {
        guard try fileSystem.status(of: layout.root) != nil else { return nil }
        var stranger: FilePath.Component?
        try fileSystem.forEachEntry(of: layout.root) { (name) throws(FileSystemError) in
            if !self.harmlessNames.contains(name.string), !name.string.hasPrefix("catalog.sqlite") {
                stranger = name
            }
        }
        return stranger
    }

    private static func hasBlobs(
        in layout: StoreLayout,
        fileSystem: any FileSystem
    ) throws(FileSystemError) -> Bool {
        guard try fileSystem.status(of: layout.blobs) != nil else { return false }
        for shard in try fileSystem.entries(of: layout.blobs) {
            guard try fileSystem.entries(of: layout.blobs.appending(shard)).isEmpty else { return true }
        }
        return false
    }
}
