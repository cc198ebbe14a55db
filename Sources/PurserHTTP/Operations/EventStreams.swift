import Foundation
import HTTPTypes
import Hummingbird
import PurserOperations
import ServiceLifecycle

/// Streams of server-sent events (WHATWG HTML §9.2), of which only so many are open at a time.
final class EventStreams: Sendable {
    /// Each holds a connection and a small buffer.
    static let maxStreams = 256
    /// A comment after so long without an event keeps proxies from closing the stream and finds clients that left.
    static let heartbeat = Duration.seconds(15)

    private static let headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]

    /// The answer to a HEAD, which opens no stream.
    static var head: Response { Response(status: .ok, headers: self.headers) }

    private let places = Places(EventStreams.maxStreams, code: "too_many_streams")

    /// Sends the states of operations as events until they end, their client leaves, or the server stops.
    func response<Updates: AsyncSequence & Sendable>(
        of updates: Updates,
        _ context: PurserRequestContext
    ) throws -> Response where Updates.Element == OperationSnapshot {
        try self.response(of: updates, context) { operation in
            Self.event("operation") {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
                return try encoder.encode(OperationDocument(operation))
            }
        }
    }

    /// Sends a sequence as events until it ends, its client leaves, or the server stops.
    func response<Updates: AsyncSequence & Sendable>(
        of updates: Updates,
        _ context: PurserRequestContext,
        event: @escaping @Sendable (Updates.Element) -> ByteBuffer
    ) throws -> Response where Updates.Element: Sendable {
        let connection = context.connection
        let place = try self.places.take()
        return Response(
            status: .ok,
            headers: Self.headers,
            body: ResponseBody { writer in
                defer { place.leave() }
                let events = Self.events(of: updates, connection, event)
                for await event in events {
                    try await writer.write(event)
                }
                try await writer.finish(nil)
            }
        )
    }

    /// Events and heartbeats as one sequence, which ends with the updates, the client or the server.
    private static func events<Updates: AsyncSequence & Sendable>(
        of updates: Updates,
        _ connection: ClientConnection?,
        _ event: @escaping @Sendable (Updates.Element) -> ByteBuffer
    ) -> AsyncStream<ByteBuffer> where Updates.Element: Sendable {
        // A slow reader gets the newest state of things; what it missed is in the history.
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(64))
        // The stream's reader awaits them: they end before it sees the end, and are cancelled when it stops reading.
        let producer = Task {
            await cancelWhenGracefulShutdown {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        do {
                            for try await update in updates { continuation.yield(event(update)) }
                        } catch {
                            // The sequence of updates only ever ends.
                        }
                    }
                    group.addTask {
                        while (try? await Task.sleep(for: Self.heartbeat)) != nil {
                            continuation.yield(ByteBuffer(string: ": alive\n\n"))
                        }
                    }
                    await group.next()
                    group.cancelAll()
                }
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in producer.cancel() }
        connection?.whenGone { _ in producer.cancel() }
        return stream
    }

    /// An event of a name, with a document of one line.
    static func event(_ name: String, _ document: () throws -> Data) -> ByteBuffer {
        var buffer = ByteBuffer(string: "event: \(name)\ndata: ")
        do {
            buffer.writeBytes(try document())
        } catch {
            preconditionFailure("our documents can be encoded: \(error)")
        }
        buffer.writeString("\n\n")
        return buffer
    }
}
