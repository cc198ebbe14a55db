import Crypto
import Logging
import NIOCore
import PurserIdentifiers
import PurserTestSupport

/// A logger that nobody reads.
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Bytes that are the same for the same seed and length, and else differ.
func sample(_ count: Int, seed: UInt64 = 1) -> ByteBuffer {
    var random = SeededGenerator(seed: seed &* 0x1_0000_0001 &+ UInt64(count))
    var buffer = ByteBuffer()
    buffer.reserveCapacity(count + 8)
    while buffer.readableBytes < count {
        buffer.writeInteger(random.next())
    }
    buffer.moveWriterIndex(to: buffer.readerIndex + count)
    return buffer
}

extension ByteBuffer {
    /// The SHA-256, worked out apart from the code under test.
    func digest() throws -> BlobID {
        struct NotADigest: Error {}
        guard let id = BlobID(bytes: SHA256.hash(data: Array(self.readableBytesView))) else { throw NotADigest() }
        return id
    }

    /// The same bytes in pieces of at most so many.
    func pieces(of count: Int) -> [ByteBuffer] {
        var rest = self
        var pieces: [ByteBuffer] = []
        while let piece = rest.readSlice(length: min(count, rest.readableBytes)), piece.readableBytes > 0 {
            pieces.append(piece)
        }
        return pieces
    }
}

extension ByteBuffer {
    /// The bytes of the SHA-256.
    func sha256() -> [UInt8] { Array(SHA256.hash(data: Array(self.readableBytesView))) }

    /// The bytes of the SHA-512.
    func sha512() -> [UInt8] { Array(SHA512.hash(data: Array(self.readableBytesView))) }
}
