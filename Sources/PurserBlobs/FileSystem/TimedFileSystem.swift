public import SystemPackage

/// A disk whose reads, writes and synchronizations are measured; all else is passed on.
///
/// Told of are ``timedCalls``, failed ones too.
public struct TimedFileSystem: FileSystem {
    /// Told of a call that has ended, on the thread that made it, with no lock held; must not block.
    public typealias Observer = @Sendable (_ call: FileSystemCall, _ duration: Duration) -> Void

    /// The calls that are measured: those that move bytes or make them durable.
    public static let timedCalls: Set<FileSystemCall> = [.write, .read, .synchronize, .rename, .synchronizeDirectory]

    private let base: any FileSystem
    private let observer: Observer

    /// Measures another disk.
    ///
    /// - Parameters:
    ///   - base: The disk that does the work.
    ///   - observer: Told how long each call took.
    public init(_ base: any FileSystem, observer: @escaping Observer) {
        self.base = base
        self.observer = observer
    }

    /// Makes a folder; see ``FileSystem/createDirectory(_:)``.
    public func createDirectory(_ path: FilePath) throws(FileSystemError) {
        try self.base.createDirectory(path)
    }

    /// Opens a file, to be measured too; see ``FileSystem/open(_:_:)``.
    public func open(_ path: FilePath, _ mode: OpenMode) throws(FileSystemError) -> any OpenFile {
        TimedFile(try self.base.open(path, mode), observer: self.observer)
    }

    /// Gives a file another name; see ``FileSystem/rename(_:to:)``.
    public func rename(_ path: FilePath, to newPath: FilePath) throws(FileSystemError) {
        let started = ContinuousClock.now
        defer { self.observer(.rename, ContinuousClock.now - started) }
        try self.base.rename(path, to: newPath)
    }

    /// Removes a name; see ``FileSystem/remove(_:)``.
    public func remove(_ path: FilePath) throws(FileSystemError) {
        try self.base.remove(path)
    }

    /// Removes an empty folder; see ``FileSystem/removeDirectory(_:)``.
    public func removeDirectory(_ path: FilePath) throws(FileSystemError) {
        try self.base.removeDirectory(path)
    }

    /// Lists a folder; see ``FileSystem/forEachEntry(of:_:)``.
    public func forEachEntry(
        of directory: FilePath,
        _ body: (FilePath.Component) throws(FileSystemError) -> Void
    ) throws(FileSystemError) {
        try self.base.forEachEntry(of: directory, body)
    }

    /// Makes names durable; see ``FileSystem/synchronizeDirectory(_:)``.
    public func synchronizeDirectory(_ path: FilePath) throws(FileSystemError) {
        let started = ContinuousClock.now
        defer { self.observer(.synchronizeDirectory, ContinuousClock.now - started) }
        try self.base.synchronizeDirectory(path)
    }

    /// Looks a name up; see ``FileSystem/status(of:)``.
    public func status(of path: FilePath) throws(FileSystemError) -> FileStatus? {
        try self.base.status(of: path)
    }

    /// Measures how full the disk is; see ``FileSystem/space(at:)``.
    public func space(at path: FilePath) throws(FileSystemError) -> FileSystemSpace {
        try self.base.space(at: path)
    }
}
