import Foundation
import HTTPTypes
import Hummingbird
import PurserOperations
import ServiceLifecycle
import Synchronization

/// Streams of server-sent events (WHATWG HTML §9.2), of which only so many are open at a time.
final class EventStreams: Sendable {
    /// Each holds a connection and a small buffer.
    static let maxStreams = 256
    /// A comment after so long without an event keeps proxies from closing the stream and finds clients that left.
    static let heartbeat = Duration.seconds(15)

    private static let headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]

    /// The answer to a HEAD, which opens no stream.
    static var head: Response { Response(status: .ok, headers: self.headers) }

    private let open = Mutex(0)

    /// Sends a sequence as events until it ends, its client leaves, or the server stops.
    func response<Updates: AsyncSequence & Sendable>(
        of updates: Updates,
        _ context: PurserRequestContext
    ) throws -> Response where Updates.Element == OperationSnapshot {
        let connection = context.connection
        guard self.enter() else {
            throw Problem(
                .serviceUnavailable,
                "too_many_streams",
                "\(Self.maxStreams) event streams are open; close one or ask for the operation instead",
                headers: [.retryAfter: "5"]
            )
        }
        let ticket = Ticket(streams: self)
        return Response(
            status: .ok,
            headers: Self.headers,
            body: ResponseBody { writer in
                defer { ticket.leave() }
                let events = Self.events(of: updates, connection)
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
        _ connection: ClientConnection?
    ) -> AsyncStream<ByteBuffer> where Updates.Element == OperationSnapshot {
        // A slow reader gets the newest state of things; what it missed is in the history.
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(64))
        // The stream's reader awaits them: they end before it sees the end, and are cancelled when it stops reading.
        let producer = Task {
            await cancelWhenGracefulShutdown {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        do {
                            for try await update in updates { continuation.yield(Self.event(update)) }
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

    private static func event(_ operation: OperationSnapshot) -> ByteBuffer {
        var buffer = ByteBuffer(string: "event: operation\ndata: ")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        do {
            buffer.writeBytes(try encoder.encode(OperationDocument(operation)))
        } catch {
            preconditionFailure("our documents can be encoded: \(error)")
        }
        buffer.writeString("\n\n")
        return buffer
    }

    private func enter() -> Bool {
        self.open.withLock { open in
            guard open < Self.maxStreams else { return false }
            open += 1
            return true
        }
    }

    /// A place among the open streams; given back once, also where the answer is never sent.
    private final class Ticket: Sendable {
        private let streams: EventStreams
        private let isHeld = Mutex(true)

        init(streams: EventStreams) {
            self.streams = streams
        }

        func leave() {
            let wasHeld = self.isHeld.withLock { isHeld in
                defer { isHeld = false }
                return isHeld
            }
            if wasHeld { self.streams.open.withLock { $0 -= 1 } }
        }

        deinit {
            self.leave()
        }
    }
}
