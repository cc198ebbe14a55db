public import Foundation

/// What a name on disk stands for.
public struct FileStatus: Sendable, Hashable {
    /// What there is on a disk.
    public enum Kind: Sendable, Hashable {
        /// A file with bytes.
        case regular
        /// A folder.
        case directory
        /// A symbolic link.
        case symbolicLink
        /// A device, a socket, a pipe.
        case other
    }

    /// What it is.
    public var kind: Kind
    /// Length in bytes; of no meaning where it is not a regular file.
    public var size: Int64
    /// Bytes of the disk that it takes.
    public var allocatedBytes: Int64
    /// When its bytes last changed.
    public var modified: Date

    /// Describes a name.
    public init(kind: Kind, size: Int64, allocatedBytes: Int64, modified: Date) {
        self.kind = kind
        self.size = size
        self.allocatedBytes = allocatedBytes
        self.modified = modified
    }
}

/// How full a file system is.
public struct FileSystemSpace: Sendable, Hashable {
    /// Bytes in all.
    public var total: Int64
    /// Bytes that this process may still take: without what is kept for the superuser.
    public var available: Int64

    /// Describes a file system.
    public init(total: Int64, available: Int64) {
        self.total = total
        self.available = available
    }
}
