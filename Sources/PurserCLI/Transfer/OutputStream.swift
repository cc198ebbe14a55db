import Crypto
import NIOCore
import NIOPosix
import PurserIdentifiers
import Synchronization
import SystemPackage

/// A download that goes to standard output, or to a device or pipe, piece by piece.
final class OutputStream: Sendable {
    private struct State {
        var hash = SHA256()
        var count: Int64 = 0
    }

    private let descriptor: SystemPackage.FileDescriptor
    private let state = Mutex(State())

    /// Writes to a descriptor, which stays open.
    init(_ descriptor: SystemPackage.FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Writes a piece.
    ///
    /// - Throws: ``ClosedOutput`` where nobody reads any more.
    func append(_ piece: ByteBuffer) async throws {
        self.state.withLock { state in
            piece.withUnsafeReadableBytes { state.hash.update(bufferPointer: $0) }
            state.count += Int64(piece.readableBytes)
        }
        do {
            try await NIOThreadPool.singleton.runIfActive {
                _ = try piece.withUnsafeReadableBytes { try self.descriptor.writeAll($0) }
            }
        } catch Errno.brokenPipe {
            throw ClosedOutput()
        } catch let error as Errno {
            throw CommandError("the output cannot be written: \(error)")
        }
    }

    /// Finds out whether all came that was promised.
    ///
    /// The bytes are out by then: a failure is all that can still be told.
    func check(_ facts: ContentFacts) throws {
        let (count, digest) = self.state.withLock { ($0.count, BlobID(bytes: $0.hash.finalize())) }
        try ContentCheck.check(facts, count: count, digest: digest)
    }
}
