import NIOCore
import NIOPosix
import Synchronization
import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Bytes of a descriptor in order, read on threads that may block.
///
/// To be used by one task at a time.
final class Reading: Sendable {
    /// How long a wait for a silent stream goes on before cancellation is looked for, in milliseconds.
    private static let patience: Int32 = 100

    private let path: FilePath?
    /// Of a path, opened by the first read and closed with this; of a stream, its owner's.
    private let descriptor: Mutex<SystemPackage.FileDescriptor?>

    /// Reads a file from its start.
    init(of path: FilePath) {
        self.path = path
        self.descriptor = Mutex(nil)
    }

    /// Reads what comes in; the descriptor stays open afterwards.
    init(of descriptor: SystemPackage.FileDescriptor) {
        self.path = nil
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        guard self.path != nil, let descriptor = self.descriptor.withLock({ $0 }) else { return }
        // Nothing was written through it.
        try? descriptor.close()
    }

    /// The next bytes.
    ///
    /// - Returns: `nil` at the end.
    /// - Throws: `Errno`, `CancellationError`.
    func next(upTo maxBytes: Int) async throws -> ByteBuffer? {
        while true {
            try Task.checkCancellation()
            let outcome = try await NIOThreadPool.singleton.runIfActive { try self.read(upTo: maxBytes) }
            switch outcome {
            case .bytes(let buffer): return buffer.readableBytes > 0 ? buffer : nil
            case .nothingYet: continue
            }
        }
    }

    private enum Outcome: Sendable {
        case bytes(ByteBuffer)
        case nothingYet
    }

    private func read(upTo maxBytes: Int) throws -> Outcome {
        let descriptor = try self.open()
        if self.path == nil, try !Self.isReadable(descriptor) { return .nothingYet }
        var buffer = ByteBufferAllocator().buffer(capacity: maxBytes)
        let count: Int
        do {
            count = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: maxBytes) { bytes in
                try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(maxBytes)))
            }
        } catch Errno.resourceTemporarilyUnavailable {
            return .nothingYet
        }
        precondition(count == buffer.readableBytes, "what was read was written to the buffer")
        return .bytes(buffer)
    }

    private func open() throws -> SystemPackage.FileDescriptor {
        if let descriptor = self.descriptor.withLock({ $0 }) { return descriptor }
        guard let path else { throw Errno.badFileDescriptor }
        let descriptor = try SystemPackage.FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
        self.descriptor.withLock { $0 = descriptor }
        return descriptor
    }

    private static func isReadable(_ descriptor: SystemPackage.FileDescriptor) throws -> Bool {
        var poll = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        #if canImport(Darwin)
        let count = Darwin.poll(&poll, 1, Self.patience)
        #elseif canImport(Musl)
        let count = Musl.poll(&poll, 1, Self.patience)
        #else
        let count = Glibc.poll(&poll, 1, Self.patience)
        #endif
        guard count >= 0 || errno == EINTR else { throw Errno(rawValue: errno) }
        // An error or the end of the stream shows in the read.
        return count > 0
    }

    /// What the system says of the open file now; `nil` where none is open.
    func status() throws -> FileStatus? {
        try self.descriptor.withLock { $0 }.map { try FileStatus(of: $0) }
    }
}
