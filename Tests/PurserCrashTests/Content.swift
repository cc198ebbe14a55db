import Crypto
import Foundation
import NIOCore
import PurserIdentifiers
import PurserTestSupport

/// A content made from a seed, so that it need not be kept to be compared.
struct Content: Hashable, Sendable {
    /// Eight letters each.
    private static let words: [UInt64] = [
        0x636F_6E74_656E_7420, 0x6469_6765_7374_730A, 0x7374_6F72_6167_6520, 0x6361_7461_6C6F_6720,
    ]

    var seed: UInt64
    var size: Int

    var bytes: ByteBuffer {
        var generator = SeededGenerator(seed: self.seed)
        var buffer = ByteBuffer()
        buffer.reserveCapacity(self.size + 8)
        while buffer.readableBytes < self.size {
            let number = generator.next()
            // Every other content is one that can be compressed.
            buffer.writeInteger(self.seed.isMultiple(of: 2) ? Self.words[Int(number % 4)] : number)
        }
        return buffer.getSlice(at: 0, length: self.size) ?? ByteBuffer()
    }

    var blob: BlobID? { Self.blob(of: self.bytes) }

    var sha256: String? { self.blob?.hex }

    static func blob(of bytes: ByteBuffer) -> BlobID? {
        BlobID(bytes: bytes.withUnsafeReadableBytes { SHA256.hash(data: $0) })
    }
}
