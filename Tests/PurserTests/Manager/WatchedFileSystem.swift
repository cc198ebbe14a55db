import PurserBlobs
import Synchronization
import SystemPackage

/// The local disk, with somebody who is told of a call before it is made.
final class WatchedFileSystem: FileSystem {
    typealias Watcher = @Sendable (FileSystemCall, FilePath) -> Void

    private let base = LocalFileSystem()
    private let watcher = Mutex<Watcher?>(nil)

    /// Tells of the calls from now on.
    func watch(_ watcher: @escaping Watcher) {
        self.watcher.withLock { $0 = watcher }
    }

    private func tell(_ call: FileSystemCall, _ path: FilePath) {
        self.watcher.withLock { $0 }?(call, path)
    }

    func createDirectory(_ path: FilePath) throws(FileSystemError) {
        self.tell(.createDirectory, path)
        try self.base.createDirectory(path)
    }

    func open(_ path: FilePath, _ mode: OpenMode) throws(FileSystemError) -> any OpenFile {
        self.tell(.open, path)
        return try self.base.open(path, mode)
    }

    func rename(_ path: FilePath, to newPath: FilePath) throws(FileSystemError) {
        self.tell(.rename, path)
        try self.base.rename(path, to: newPath)
    }

    func remove(_ path: FilePath) throws(FileSystemError) {
        self.tell(.remove, path)
        try self.base.remove(path)
    }

    func removeDirectory(_ path: FilePath) throws(FileSystemError) {
        self.tell(.removeDirectory, path)
        try self.base.removeDirectory(path)
    }

    func forEachEntry(
        of directory: FilePath,
        _ body: (FilePath.Component) throws(FileSystemError) -> Void
    ) throws(FileSystemError) {
        self.tell(.forEachEntry, directory)
        try self.base.forEachEntry(of: directory, body)
    }

    func synchronizeDirectory(_ path: FilePath) throws(FileSystemError) {
        self.tell(.synchronizeDirectory, path)
        try self.base.synchronizeDirectory(path)
    }

    func status(of path: FilePath) throws(FileSystemError) -> FileStatus? {
        self.tell(.status, path)
        return try self.base.status(of: path)
    }

    func space(at path: FilePath) throws(FileSystemError) -> FileSystemSpace {
        self.tell(.space, path)
        return try self.base.space(at: path)
    }
}
