package import NIOCore
package import PurserBlobs

/// What takes the bytes of a content on their way out.
///
/// Each call returns when they are no longer in this process.
package protocol ContentSender: Sendable {
    /// Takes bytes from memory.
    @concurrent func send(_ bytes: ByteBuffer) async throws

    /// Takes part of an open file; the bytes are there.
    @concurrent func send(_ range: Range<Int64>, of file: BlobReader) async throws
}
