import Crypto
import NIOCore
import PurserIdentifiers
import Synchronization
import SystemPackage

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A copy of a content that is being written, hashed on the way; read-only once it is done.
///
/// Its calls block. Used by one task at a time.
final class SourceCopy: Sendable {
    private let file: SystemPackage.FileDescriptor
    private let hash = Mutex(SHA256())

    /// Makes the file, which must not be there.
    init(_ path: String) throws {
        self.file = try SystemPackage.FileDescriptor.open(
            FilePath(path),
            .writeOnly,
            options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: .ownerRead
        )
    }

    /// Adds a piece.
    func write(_ piece: ByteBuffer) throws {
        try piece.withUnsafeReadableBytes { bytes in
            self.hash.withLock { $0.update(bufferPointer: bytes) }
            _ = try self.file.writeAll(bytes)
        }
    }

    /// The digest of what was written.
    func finish() throws -> BlobID? { BlobID(bytes: self.hash.withLock { $0.finalize() }) }

    /// Lets go of the file.
    func close() {
        // All was written, and nobody relies on it after a crash.
        try? self.file.close()
    }
}

/// Folders on the local disk.
enum LocalFolder {
    /// Makes a folder for the process alone; blocks.
    static func make(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 else { throw Errno(rawValue: errno) }
    }
}
