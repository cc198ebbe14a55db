import Crypto
import Foundation
import NIOCore
import PurserIdentifiers
import PurserTestSupport

/// A content made from a seed, so that it need not be kept to be compared.
struct Content: Hashable, Sendable {
    var seed: UInt64
    var size: Int

    var bytes: ByteBuffer {
        var generator = SeededGenerator(seed: self.seed)
        var buffer = ByteBuffer()
        buffer.reserveCapacity(self.size + 8)
        while buffer.readableBytes < self.size { buffer.writeInteger(generator.next()) }
        return buffer.getSlice(at: 0, length: self.size) ?? ByteBuffer()
    }

    var blob: BlobID? { Self.blob(of: self.bytes) }

    static func blob(of bytes: ByteBuffer) -> BlobID? {
        BlobID(bytes: bytes.withUnsafeReadableBytes { SHA256.hash(data: $0) })
    }
}
