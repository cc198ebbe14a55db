import Glibc

/// What tells a file from what lay there before, by its place, size and times.
struct FileIdentity: Sendable, Hashable, CustomStringConvertible {
    /// Its bytes.
    let size: Int64
    private let modified: Int64
    private let changed: Int64
    private let file: UInt64

    /// Looks at a file; `nil` where there is none that this user may run.
    init?(program path: String) {
        self.init(file: path)
        guard access(path, X_OK) == 0 else { return nil }
    }

    /// Looks at a file; `nil` where there is no regular one.
    init?(file path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.size = Int64(status.st_size)
        self.modified = Self.nanoseconds(status.st_mtim)
        self.changed = Self.nanoseconds(status.st_ctim)
        self.file = UInt64(status.st_ino)
    }

    /// As a version.
    var description: String { "file of \(self.size) bytes, modified \(self.modified)" }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
