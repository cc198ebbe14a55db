public import SystemPackage

/// The disk, as the blob store sees it: the only way to it, so that tests can make any single call fail.
///
/// All calls are synchronous and block: run them on ``DiskThreads``. An implementation MUST be safe to call from several
/// threads, MUST retry what a signal interrupted (EINTR) and MUST report every other failure as the system named it:
/// nothing is retried, repaired or taken for "absent" down here.
public protocol FileSystem: Sendable {
    /// Makes a folder that only its owner may enter. One that is there already is left as it is.
    ///
    /// - Throws: ``FileSystemError``; `fileExists` where something else has the name.
    func createDirectory(_ path: FilePath) throws(FileSystemError)

    /// Opens a regular file. The last part of the path MUST NOT be followed where it is a symbolic link, and the
    /// descriptor MUST NOT reach child processes.
    func open(_ path: FilePath, _ mode: OpenMode) throws(FileSystemError) -> any OpenFile

    /// Gives a file or folder another name in one step, replacing a file of that name.
    func rename(_ path: FilePath, to newPath: FilePath) throws(FileSystemError)

    /// Removes a name that is not a folder's; a symbolic link goes, not what it leads to.
    func remove(_ path: FilePath) throws(FileSystemError)

    /// Removes an empty folder.
    func removeDirectory(_ path: FilePath) throws(FileSystemError)

    /// Goes through the names in a folder, in no order, without `.` and `..`, holding one of them at a time.
    ///
    /// Names that appear or vanish meanwhile may or may not be met. Names are bytes, and need not be UTF-8.
    func forEachEntry(
        of directory: FilePath,
        _ body: (FilePath.Component) throws(FileSystemError) -> Void
    ) throws(FileSystemError)

    /// Makes the names in a folder durable: what was created, renamed and removed in it is so after a power failure.
    func synchronizeDirectory(_ path: FilePath) throws(FileSystemError)

    /// Looks a name up; a symbolic link is not followed.
    ///
    /// - Returns: `nil` where there is nothing of that name.
    func status(of path: FilePath) throws(FileSystemError) -> FileStatus?

    /// Measures the file system that holds the path.
    func space(at path: FilePath) throws(FileSystemError) -> FileSystemSpace
}

/// How a file is opened.
public enum OpenMode: Sendable {
    /// For reading; it must be there.
    case read
    /// For writing; it must not be there.
    case create
    /// For reading and writing; made where it is not there.
    case openOrCreate
}

extension FileSystem {
    /// The names in a folder, all at once, sorted by their bytes.
    ///
    /// For folders that are known to be small.
    package func entries(of directory: FilePath) throws(FileSystemError) -> [FilePath.Component] {
        var names: [FilePath.Component] = []
        try self.forEachEntry(of: directory) { (name) throws(FileSystemError) in names.append(name) }
        return names.sorted { $0.string.utf8.lexicographicallyPrecedes($1.string.utf8) }
    }
}
