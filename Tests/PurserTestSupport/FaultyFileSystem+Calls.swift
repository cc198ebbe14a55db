public import PurserBlobs
import Synchronization
public import SystemPackage

extension FaultyFileSystem {
    /// Makes a folder, or fails as asked.
    public func createDirectory(_ path: FilePath) throws(FileSystemError) {
        try self.perform(.createDirectory, path) { (journal, _) throws(FileSystemError) in
            let isNew = try self.base.status(of: path) == nil
            try self.base.createDirectory(path)
            if isNew { journal?.record(.createDirectory(path)) }
        }
    }

    /// Opens a file, or fails as asked.
    public func open(_ path: FilePath, _ mode: OpenMode) throws(FileSystemError) -> any OpenFile {
        let file = try self.perform(.open, path) { (journal, _) throws(FileSystemError) -> FaultyFile in
            let before = try self.base.status(of: path)
            let file = try self.base.open(path, mode)
            guard mode != .read else { return FaultyFile(file, of: self, image: nil) }
            if before == nil { journal?.record(.createFile(path)) }
            let image = try journal?.trackFile(at: path, size: before?.size ?? 0)
            return FaultyFile(file, of: self, image: image)
        }
        self.state.withLock { state in
            state.files.removeAll { $0.file == nil }
            state.files.append(WeakFile(file: file))
        }
        return file
    }

    /// Renames, or fails as asked.
    public func rename(_ path: FilePath, to newPath: FilePath) throws(FileSystemError) {
        try self.perform(.rename, path) { (journal, _) throws(FileSystemError) in
            let saved = try journal?.save(newPath)
            try self.base.rename(path, to: newPath)
            journal?.record(.rename(path, newPath, replaced: saved))
        }
    }

    /// Removes a name, or fails as asked.
    public func remove(_ path: FilePath) throws(FileSystemError) {
        try self.perform(.remove, path) { (journal, _) throws(FileSystemError) in
            let saved = try journal?.save(path)
            try self.base.remove(path)
            journal?.record(.remove(path, saved: saved))
        }
    }

    /// Removes a folder, or fails as asked.
    public func removeDirectory(_ path: FilePath) throws(FileSystemError) {
        try self.perform(.removeDirectory, path) { (journal, _) throws(FileSystemError) in
            try self.base.removeDirectory(path)
            journal?.record(.removeDirectory(path))
        }
    }

    /// Lists a folder, or fails as asked.
    ///
    /// The names are read before the first is handed out.
    public func forEachEntry(
        of directory: FilePath,
        _ body: (FilePath.Component) throws(FileSystemError) -> Void
    ) throws(FileSystemError) {
        let names = try self.perform(.forEachEntry, directory) { (_, _) throws(FileSystemError) in
            var names: [FilePath.Component] = []
            try self.base.forEachEntry(of: directory) { (name) throws(FileSystemError) in names.append(name) }
            return names
        }
        for name in names { try body(name) }
    }

    /// Makes names durable, or fails as asked.
    public func synchronizeDirectory(_ path: FilePath) throws(FileSystemError) {
        try self.perform(.synchronizeDirectory, path) { (journal, _) throws(FileSystemError) in
            guard let status = try self.base.status(of: path) else {
                throw FileSystemError(.synchronizeDirectory, .noSuchFileOrDirectory, path)
            }
            guard status.kind != .regular else { throw FileSystemError(.synchronizeDirectory, .notDirectory, path) }
            journal?.synchronizeDirectory(path)
        }
    }

    /// Looks a name up, or fails as asked.
    public func status(of path: FilePath) throws(FileSystemError) -> FileStatus? {
        try self.perform(.status, path) { (_, _) throws(FileSystemError) in try self.base.status(of: path) }
    }

    /// Measures the disk, or fails as asked.
    public func space(at path: FilePath) throws(FileSystemError) -> FileSystemSpace {
        try self.perform(.space, path) { (_, _) throws(FileSystemError) in try self.base.space(at: path) }
    }
}
