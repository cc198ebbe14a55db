import NIOCore
import SystemPackage

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The bytes of a file that a step made, in pieces of up to 256 KiB; reading blocks.
struct LocalFileBody: AsyncSequence, Sendable {
    static let pieceBytes = 256 * 1_024

    let file: OpenResult

    func makeAsyncIterator() -> Iterator { Iterator(file: self.file) }

    struct Iterator: AsyncIteratorProtocol {
        let file: OpenResult
        private var offset: Int64 = 0

        init(file: OpenResult) {
            self.file = file
        }

        mutating func next() async throws -> ByteBuffer? {
            let piece = try self.file.read(at: self.offset, upTo: LocalFileBody.pieceBytes)
            guard piece.readableBytes > 0 else { return nil }
            self.offset += Int64(piece.readableBytes)
            return piece
        }
    }
}

/// A file that a step made, open; closed when it is let go.
final class OpenResult: Sendable {
    /// Bytes, as they were when it was opened.
    let size: Int64
    private let file: SystemPackage.FileDescriptor

    /// Opens a file, no link and nothing else that is no file.
    ///
    /// Throws ``StepFailure`` `bad_output`; `Errno`.
    init(_ path: String, name: String) throws {
        let file: SystemPackage.FileDescriptor
        do {
            // Without waiting for the other end of a pipe.
            file = try SystemPackage.FileDescriptor.open(
                FilePath(path),
                .readOnly,
                options: [.noFollow, .nonBlocking, .closeOnExec]
            )
        } catch let error as Errno where error == .tooManySymbolicLinkLevels || error == .noSuchFileOrDirectory {
            throw StepFailure("bad_output", "the file '\(name)' is missing, or a link")
        }
        var status = stat()
        guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            try file.close()
            throw StepFailure("bad_output", "the file '\(name)' is no regular file")
        }
        self.file = file
        self.size = Int64(status.st_size)
    }

    deinit {
        // Only read from.
        try? self.file.close()
    }

    /// Reads some bytes; none at the end.
    func read(at offset: Int64, upTo count: Int) throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        _ = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            try self.file.read(
                fromAbsoluteOffset: offset,
                into: UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(count))
            )
        }
        return buffer
    }
}
