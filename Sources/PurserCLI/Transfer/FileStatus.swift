import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What the system says of a file of the user's.
struct FileStatus: Sendable, Hashable {
    /// What kind of thing it is.
    enum Kind: Sendable, Hashable { case file, folder, link, special }

    /// Which thing it is, whatever its name.
    struct Identity: Sendable, Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// What kind of thing it is.
    var kind: Kind
    /// Bytes, of a file.
    var size: Int64
    /// Which one it is.
    var identity: Identity
    /// When it was last written, in nanoseconds since 1970.
    var modified: Int64

    /// Looks at a path.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - followsLinks: Whether what a link leads to is meant, not the link.
    /// - Throws: `Errno`, such as `.noSuchFileOrDirectory`.
    init(of path: FilePath, followsLinks: Bool = true) throws(Errno) {
        var status = stat()
        let result = path.withPlatformString { followsLinks ? stat($0, &status) : lstat($0, &status) }
        guard result == 0 else { throw Errno(rawValue: errno) }
        self.init(status)
    }

    /// Looks at an open file.
    init(of descriptor: FileDescriptor) throws(Errno) {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        self.init(status)
    }

    private init(_ status: stat) {
        self.kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .special
            }
        self.size = Int64(status.st_size)
        self.identity = Identity(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino))
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        self.modified = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// Looks at a path where there may be nothing.
    ///
    /// - Returns: `nil` where there is nothing.
    static func ifPresent(_ path: FilePath, followsLinks: Bool = true) throws(Errno) -> FileStatus? {
        do {
            return try FileStatus(of: path, followsLinks: followsLinks)
        } catch .noSuchFileOrDirectory {
            return nil
        }
    }
}
