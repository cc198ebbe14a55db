import Crypto
public import NIOCore
public import PurserIdentifiers

/// The digest of a content that comes in pieces.
public struct ContentHash: Sendable {
    private var hash = SHA256()

    /// Of nothing yet.
    public init() {}

    /// Takes the next piece.
    public mutating func update(_ piece: ByteBuffer) {
        piece.withUnsafeReadableBytes { self.hash.update(bufferPointer: $0) }
    }

    /// The digest of all pieces so far.
    public func finalize() -> BlobID { BlobID(self.hash.finalize()) }
}
