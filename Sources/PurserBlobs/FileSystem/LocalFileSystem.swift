import Foundation
public import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The file systems of this machine.
public struct LocalFileSystem: FileSystem {
    /// Needs nothing.
    public init() {}

    /// Makes a folder; see ``FileSystem/createDirectory(_:)``.
    public func createDirectory(_ path: FilePath) throws(FileSystemError) {
        do {
            try attempt(.createDirectory, path) { mkdir($0, 0o700) }
        } catch {
            // A link to a folder is a folder here: an administrator may have put the storage elsewhere.
            guard error.errno == .fileExists, self.isDirectory(path) else { throw error }
        }
    }

    private func isDirectory(_ path: FilePath) -> Bool {
        var info = stat()
        return path.withPlatformString { stat($0, &info) } == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// Opens a file; see ``FileSystem/open(_:_:)``.
    public func open(_ path: FilePath, _ mode: OpenMode) throws(FileSystemError) -> any OpenFile {
        let access =
            switch mode {
            case .read: O_RDONLY
            case .create: O_WRONLY | O_CREAT | O_EXCL
            case .openOrCreate: O_RDWR | O_CREAT
            }
        // Not blocking means nothing to a regular file, and keeps a pipe put in its place from holding a thread for ever.
        let flags = access | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        let descriptor = try attempt(.open, path) { systemOpen($0, flags, 0o600) }
        return LocalFile(descriptor: descriptor, path: path)
    }

    /// Gives a file another name; see ``FileSystem/rename(_:to:)``.
    public func rename(_ path: FilePath, to newPath: FilePath) throws(FileSystemError) {
        try attempt(.rename, path) { old in newPath.withPlatformString { systemRename(old, $0) } }
    }

    /// Removes a name; see ``FileSystem/remove(_:)``.
    public func remove(_ path: FilePath) throws(FileSystemError) {
        try attempt(.remove, path) { unlink($0) }
    }

    /// Removes an empty folder; see ``FileSystem/removeDirectory(_:)``.
    public func removeDirectory(_ path: FilePath) throws(FileSystemError) {
        try attempt(.removeDirectory, path) { rmdir($0) }
    }

    /// Lists a folder; see ``FileSystem/forEachEntry(of:_:)``.
    public func forEachEntry(
        of directory: FilePath,
        _ body: (FilePath.Component) throws(FileSystemError) -> Void
    ) throws(FileSystemError) {
        let descriptor = try attempt(.forEachEntry, directory) {
            systemOpen($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        }
        guard let stream = fdopendir(descriptor) else {
            let code = errno
            _ = systemClose(descriptor)
            throw FileSystemError(.forEachEntry, Errno(rawValue: code), directory)
        }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw FileSystemError(.forEachEntry, Errno(rawValue: errno), directory) }
                return
            }
            guard let name = Self.name(of: entry) else { continue }
            try body(name)
        }
    }

    /// Reads the name where it lies: the structure is declared longer than the system makes it, so it must not be copied.
    private static func name(of entry: UnsafeMutablePointer<dirent>) -> FilePath.Component? {
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
        let text = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CInterop.PlatformChar.self)
        guard let name = FilePath.Component(platformString: text), name.kind == .regular else { return nil }
        return name
    }

    /// Makes names durable; see ``FileSystem/synchronizeDirectory(_:)``.
    public func synchronizeDirectory(_ path: FilePath) throws(FileSystemError) {
        let descriptor = try attempt(.synchronizeDirectory, path) {
            systemOpen($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        }
        // Nothing was written through this descriptor, so closing it has nothing to report.
        defer { _ = systemClose(descriptor) }
        try attempt(.synchronizeDirectory, path) { _ in systemSynchronize(descriptor) }
    }

    /// Looks a name up; see ``FileSystem/status(of:)``.
    public func status(of path: FilePath) throws(FileSystemError) -> FileStatus? {
        var info = stat()
        do {
            try attempt(.status, path) { lstat($0, &info) }
        } catch {
            guard error.isAbsent else { throw error }
            return nil
        }
        return FileStatus(info)
    }

    /// Measures the disk; see ``FileSystem/space(at:)``.
    public func space(at path: FilePath) throws(FileSystemError) -> FileSystemSpace {
        var info = statvfs()
        try attempt(.space, path) { statvfs($0, &info) }
        func bytes(_ blocks: UInt64) -> Int64 {
            let (bytes, overflow) = blocks.multipliedReportingOverflow(by: UInt64(info.f_frsize))
            return overflow ? .max : Int64(clamping: bytes)
        }
        return FileSystemSpace(total: bytes(UInt64(info.f_blocks)), available: bytes(UInt64(info.f_bavail)))
    }
}
