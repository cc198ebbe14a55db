import NIOCore
import PurserBlobs
import PurserStore

/// Sends contents as the body of an answer.
struct ConnectionSender: ContentSender {
    let connection: ClientConnection

    @concurrent
    func send(_ bytes: ByteBuffer) async throws {
        try await self.connection.send(bytes)
    }

    @concurrent
    func send(_ range: Range<Int64>, of file: BlobReader) async throws {
        try await self.connection.sendFile(
            descriptor: file.descriptor,
            range: Int(range.lowerBound)..<Int(range.upperBound)
        )
    }
}
