import NIOCore
import PurserBlobs
import PurserStore
import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The bytes of a file outside of the store, which must stay as it is until they are read.
///
/// Holds one piece of 256 KiB at a time, and opens the file only when the first is asked for: what waits for its slot
/// holds no descriptor. Each iterator reads from the start.
struct LocalContent: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    private let path: FilePath
    private let facts: FileFacts
    private let store: FileStore

    /// Looks at a file; a symbolic link is followed.
    ///
    /// - Throws: ``TransferError`` `.sourceUnreadable`.
    init(of path: FilePath, store: FileStore) async throws {
        self.path = path
        self.store = store
        self.facts = try await store.onDiskThreads {
            do {
                return try FileFacts(Stat(path))
            } catch let error as Errno {
                throw LocalReading.unreadable(.status, error, path)
            }
        }
        guard self.facts.isRegular else {
            throw TransferError(.sourceUnreadable, "what is to be uploaded is no regular file")
        }
    }

    /// Bytes in all.
    var size: Int64 { self.facts.size }

    func makeAsyncIterator() -> Iterator {
        Iterator(reading: LocalReading(of: self.path, facts: self.facts), store: self.store)
    }

    /// One reading.
    struct Iterator: AsyncIteratorProtocol {
        fileprivate let reading: LocalReading
        fileprivate let store: FileStore

        /// The next piece; `nil` at the end.
        ///
        /// - Throws: ``TransferError`` `.sourceUnreadable`, `.sourceChanged`.
        func next() async throws -> ByteBuffer? {
            try await self.store.onDiskThreads { try self.reading.next() }
        }
    }
}

/// What tells whether a file was changed.
private struct FileFacts: Sendable, Hashable {
    var isRegular: Bool
    var size: Int64
    private var device: UInt64
    private var inode: UInt64
    private var seconds: Int
    private var nanoseconds: Int

    init(_ status: Stat) {
        self.isRegular = status.type == .regular
        self.size = status.size
        self.device = UInt64(truncatingIfNeeded: status.deviceID.rawValue)
        self.inode = UInt64(truncatingIfNeeded: status.inode.rawValue)
        self.seconds = status.st_mtim.tv_sec
        self.nanoseconds = status.st_mtim.tv_nsec
    }
}

/// An open file that is read from start to end.
///
/// `@unchecked Sendable`: one task at a time uses it, as it does its iterator.
private final class LocalReading: @unchecked Sendable {
    static let pieceBytes = 256 * 1024

    private let path: FilePath
    private let facts: FileFacts
    private var descriptor: SystemPackage.FileDescriptor?
    private var offset: Int64 = 0

    init(of path: FilePath, facts: FileFacts) {
        self.path = path
        self.facts = facts
    }

    deinit {
        // Nothing was written through it.
        try? self.descriptor?.close()
    }

    func next() throws -> ByteBuffer? {
        do {
            let descriptor = try self.open()
            var piece = ByteBuffer()
            let count = try piece.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.pieceBytes) { bytes in
                let room = UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(Self.pieceBytes))
                return try descriptor.read(fromAbsoluteOffset: self.offset, into: room)
            }
            self.offset += Int64(count)
            guard count > 0 ? self.offset <= self.facts.size : self.offset == self.facts.size else {
                throw Self.changed
            }
            // Looked at before the last piece is given away: a file of the same size may be another by now.
            if self.offset == self.facts.size { try self.checkUnchanged(descriptor) }
            return count > 0 ? piece : nil
        } catch let error as Errno {
            throw Self.unreadable(self.descriptor == nil ? .open : .read, error, self.path)
        }
    }

    private func open() throws -> SystemPackage.FileDescriptor {
        if let descriptor { return descriptor }
        // Should a pipe have taken its place meanwhile, it is not waited for.
        let descriptor = try SystemPackage.FileDescriptor.open(
            self.path,
            .readOnly,
            options: [.closeOnExec, .nonBlocking]
        )
        self.descriptor = descriptor
        try self.checkUnchanged(descriptor)
        return descriptor
    }

    private func checkUnchanged(_ descriptor: SystemPackage.FileDescriptor) throws {
        guard try FileFacts(Stat(descriptor)) == self.facts else { throw Self.changed }
    }

    private static var changed: TransferError {
        TransferError(.sourceChanged, "the file was changed while it was read; nothing was stored of it")
    }

    static func unreadable(_ call: FileSystemCall, _ error: Errno, _ path: FilePath) -> TransferError {
        TransferError(
            .sourceUnreadable,
            "the file to upload cannot be read: \(error)",
            cause: FileSystemError(call, error, path)
        )
    }
}
