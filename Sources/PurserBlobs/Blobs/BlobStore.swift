public import Logging
public import SystemPackage

/// Content-addressed bytes in a storage folder.
///
/// ## On disk
/// ```
/// blobs/ab/ab12…   one file per content; its name is the SHA-256 of the content in lower-case hexadecimal, its folder the
///                  first two digits. 256 folders, all made when the store is. A compressed one has .gz or .zst behind its
///                  name: see GzipFormat and ZstdFormat
/// staging/…        bytes not yet committed, named by their operation; worthless after a restart
/// temp/…           scratch folders of operations; worthless after a restart
/// quarantine/ab12… what was found not to have the digest of its name
/// ```
/// A file in `blobs/` holds exactly the content's bytes, or all of them compressed. It is never changed once it is there:
/// a content that is to be kept otherwise gets a second file, and when the catalog names that one, the first goes. It gets
/// there by a rename after its bytes are durable, so a name in `blobs/` never stands for half a content, whatever happens to
/// the machine; whether the disk kept the bytes is told by hashing them against the name.
///
/// ## From the files alone
/// `sha256sum` of any file in `blobs/`, decompressed where it ends in `.gz` or `.zst`, must print its own name. Names,
/// buckets and small contents are in the catalog and cannot be made again from here; but every content larger than the
/// inline limit can be saved by copying `blobs/`. A file here that no row of the catalog names is left over from a crash
/// between rename and commit, and may be removed while no process has the store open.
///
/// ## Who decides
/// This layer knows bytes, not references. That a blob is removed only when nothing refers to it, and that a content is
/// not removed while it is being added, is the caller's to ensure.
///
/// Every call blocks; run them on ``DiskThreads``. A ``BlobError`` with code `.synchronizationFailed` ends all writing:
/// after it the disk's answers mean nothing until the process has been restarted and has looked again.
public struct BlobStore: Sendable {
    /// Where things are.
    public let layout: StoreLayout
    let fileSystem: any FileSystem
    let logger: Logger

    /// A store over a storage folder.
    ///
    /// Nothing on disk is looked at yet.
    ///
    /// - Parameters:
    ///   - root: The storage folder.
    ///   - fileSystem: The disk.
    ///   - logger: For what is found and left alone.
    public init(root: FilePath, fileSystem: any FileSystem = LocalFileSystem(), logger: Logger) {
        self.layout = StoreLayout(root: root)
        self.fileSystem = fileSystem
        self.logger = logger
    }

    /// Makes the folders that are missing, and makes them durable.
    ///
    /// The storage folder's parent must exist.
    ///
    /// - Throws: ``BlobError`` `.noSpace`, `.inputOutput`, `.synchronizationFailed`; the next call completes what is there.
    public func create() throws(BlobError) {
        try BlobError.translating("making the folders of \(self.layout.root)") { () throws(FileSystemError) in
            let layout = self.layout
            try self.fileSystem.createDirectory(layout.root)
            for folder in [layout.blobs, layout.staging, layout.temp, layout.quarantine] {
                try self.fileSystem.createDirectory(folder)
            }
            for number in UInt8.min...UInt8.max {
                try self.fileSystem.createDirectory(layout.shard(number))
            }
            try self.fileSystem.synchronizeDirectory(layout.blobs)
            try self.fileSystem.synchronizeDirectory(layout.root)
            try self.synchronizeParent(of: layout.root)
        }
    }

    private func synchronizeParent(of folder: FilePath) throws(FileSystemError) {
        let parent = folder.removingLastComponent()
        do {
            try self.fileSystem.synchronizeDirectory(parent.isEmpty ? "." : parent)
        } catch {
            // Whoever may not read the parent did not make the folder either: it was there, and is somebody else's to keep.
            guard error.errno == .permissionDenied else { throw error }
        }
    }

    /// Removes what operations of an earlier process left: all that is in `staging/` and `temp/`.
    ///
    /// Memory does not grow with what is found, and blobs are not looked at.
    ///
    /// What the system forbids to remove is logged and left.
    ///
    /// - Throws: ``BlobError`` `.inputOutput`; the next call goes on.
    public func recover() throws(BlobError) {
        for folder in [self.layout.staging, self.layout.temp] {
            let report = try BlobError.translating("emptying \(folder)") { () throws(FileSystemError) in
                try self.fileSystem.empty(folder)
            }
            guard report.removed > 0 || report.kept > 0 else { continue }
            self.logger.log(
                level: report.kept > 0 ? .warning : .info,
                "removed what earlier operations left",
                metadata: [
                    "purser.folder": "\(folder.lastComponent?.string ?? "")",
                    "purser.removed": "\(report.removed)", "purser.kept": "\(report.kept)",
                ]
            )
        }
    }

    /// Measures the disk that holds the store.
    ///
    /// - Throws: ``BlobError`` `.inputOutput`.
    public func space() throws(BlobError) -> FileSystemSpace {
        try BlobError.translating("measuring the disk of \(self.layout.root)") { () throws(FileSystemError) in
            try self.fileSystem.space(at: self.layout.root)
        }
    }
}
