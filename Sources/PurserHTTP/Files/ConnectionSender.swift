import NIOCore
import PurserBlobs
import PurserStore
import Synchronization

/// Sends a content as the body of an answer.
///
/// A client may leave the moment it has the last byte, before the task that sends it goes on: so who waits for the end is
/// told on the connection's event loop, on which that leaving is seen later.
final class ConnectionSender: ContentSender {
    private let connection: ClientConnection
    private let remaining: Atomic<Int>
    private let onLast: @Sendable () -> Void

    /// Describes a body.
    ///
    /// - Parameters:
    ///   - count: Its bytes.
    ///   - connection: Where it goes.
    ///   - onLast: Called on the event loop when the system has taken the last byte; must not block.
    init(_ count: Int, to connection: ClientConnection, onLast: @escaping @Sendable () -> Void) {
        self.connection = connection
        self.remaining = Atomic(count)
        self.onLast = onLast
    }

    @concurrent
    func send(_ bytes: ByteBuffer) async throws {
        try await self.connection.send(bytes, whenTaken: self.hook(after: bytes.readableBytes))
    }

    @concurrent
    func send(_ range: Range<Int64>, of file: BlobReader) async throws {
        try await self.connection.sendFile(
            descriptor: file.descriptor,
            range: Int(range.lowerBound)..<Int(range.upperBound),
            whenTaken: self.hook(after: range.count)
        )
    }

    private func hook(after count: Int) -> (@Sendable () -> Void)? {
        self.remaining.wrappingSubtract(count, ordering: .relaxed).newValue <= 0 ? self.onLast : nil
    }
}
