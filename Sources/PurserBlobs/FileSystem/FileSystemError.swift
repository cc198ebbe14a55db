public import SystemPackage

/// The calls of the seam, one by one, for errors and for tests that make each of them fail.
public enum FileSystemCall: String, Sendable, CaseIterable {
    case createDirectory, open, rename, remove, removeDirectory, forEachEntry, synchronizeDirectory, status, space
    case write, read, truncate, preallocate, synchronize, fileStatus, lock, isLocked, close
}

/// A call to the disk that failed.
public struct FileSystemError: Error, Sendable, Hashable {
    /// What was tried.
    public var call: FileSystemCall
    /// What the system said.
    public var errno: Errno
    /// On what.
    public var path: FilePath

    /// Describes a failure.
    public init(_ call: FileSystemCall, _ errno: Errno, _ path: FilePath) {
        self.call = call
        self.errno = errno
        self.path = path
    }

    /// The disk, or the share of it that this user may take, is full.
    public var isNoSpace: Bool { self.errno == .noSpace || self.errno == .diskQuotaExceeded }

    /// There is nothing of that name.
    public var isAbsent: Bool { self.errno == .noSuchFileOrDirectory }

    /// Bytes or names may not have reached the disk although earlier calls succeeded.
    public var isFailedSynchronization: Bool { self.call == .synchronize || self.call == .synchronizeDirectory }
}

extension FileSystemError: CustomStringConvertible {
    /// Call, path and the system's words.
    public var description: String { "\(self.call.rawValue) of \(self.path): \(self.errno)" }
}
