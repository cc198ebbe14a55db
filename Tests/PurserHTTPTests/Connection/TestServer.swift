import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization

@testable import PurserHTTP

/// A server with a handful of routes that do what a test needs of them, on a port of its own.
final class TestServer: Sendable {
    let port: Int
    let events: Events

    /// What the routes have seen.
    final class Events: Sendable {
        /// Opened by the test; `/gated` waits for it.
        let gate = TestGate()
        /// Requests that have reached their route.
        let arrived = TestCounter()
        /// Clients that have left before their answer.
        let left = TestCounter()
        let reasons = Mutex<[GoneReason]>([])
        var firstReason: GoneReason? { self.reasons.withLock { $0.first } }
        /// Pieces of `/big` that have left the process.
        let sent = TestCounter()
        /// Bodies that ended with an error.
        let broken = TestCounter()
    }

    private init(port: Int, events: Events) {
        self.port = port
        self.events = events
    }

    static func run(
        _ change: (inout ConnectionConfiguration) -> Void = { _ in },
        _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        let events = Events()
        try await Self.application(change, events: events).test(.live) { client in
            try await body(TestServer(port: client.port ?? 0, events: events))
        }
    }

    static func application(
        _ change: (inout ConnectionConfiguration) -> Void = { _ in },
        events: Events,
        onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        var configuration = ConnectionConfiguration()
        change(&configuration)
        return Application(
            router: Self.router(events),
            server: PurserChannel.serverBuilder(configuration: configuration),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: onServerRunning,
            logger: Self.logger
        )
    }

    /// Says nothing but what a test should fail of.
    static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return logger
    }

    static func router(_ events: Events) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.get("hello") { _, _ in "hello" }
        router.get("address") { _, _ in ClientConnection.current?.remoteAddress ?? "none" }
        router.head("hello") { _, _ in
            Response(status: .ok, headers: [.contentLength: "5"], body: .init(byteBuffer: ByteBuffer(string: "hello")))
        }
        router.head("stream") { _, _ in
            Response(status: .ok, body: .init { try await $0.finish(nil) })
        }
        router.put("upload") { request, _ in
            events.arrived.increment()
            return try await Self.upload(request, events: events)
        }
        router.put("gated") { request, _ in
            ClientConnection.current?.whenGone { reason in
                events.reasons.withLock { $0.append(reason) }
                events.left.increment()
            }
            events.arrived.increment()
            await events.gate.wait()
            return try await Self.upload(request, events: events)
        }
        router.get("gated") { _, _ in
            ClientConnection.current?.whenGone { reason in
                events.reasons.withLock { $0.append(reason) }
                events.left.increment()
            }
            events.arrived.increment()
            await events.gate.wait()
            return "hello"
        }
        router.put("judged") { request, _ in try await Self.judged(request, events: events) }
        router.get("file") { _, _ in try Self.file() }
        router.head("file") { _, _ in try Self.file() }
        router.put("refuse") { _, _ in
            Response(status: .serviceUnavailable, body: .init(byteBuffer: ByteBuffer(string: "no")))
        }
        router.get("big") { _, _ in Self.download(events: events) }
        router.get("cut") { _, _ in
            Response(
                status: .ok,
                headers: [.contentLength: "100"],
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: "half"))
                    ClientConnection.current?.abort()
                    events.arrived.increment()
                    await events.gate.wait()
                    try await writer.finish(nil)
                }
            )
        }
        return router
    }

    static func upload(_ request: Request, events: Events) async throws -> String {
        guard let connection = ClientConnection.current else { return "no connection" }
        let length = request.headers[.contentLength].flatMap { Int64($0) }
        connection.whenGone { reason in
            events.reasons.withLock { $0.append(reason) }
            events.left.increment()
        }
        await connection.admitBody(expecting: length)
        var count = 0
        do {
            for try await piece in request.body { count += piece.readableBytes }
        } catch {
            events.broken.increment()
            throw HTTPError(.badRequest)
        }
        return "\(count)"
    }

    /// Reads a body, and answers 408 if its client is found too slow.
    private static func judged(_ request: Request, events: Events) async throws -> Response {
        let (reasons, found) = AsyncStream.makeStream(of: GoneReason.self)
        ClientConnection.current?.whenGone { found.yield($0) }
        await ClientConnection.current?.admitBody(expecting: nil)
        return await withTaskGroup(of: HTTPResponse.Status.self) { group in
            group.addTask {
                do {
                    for try await _ in request.body {}
                    return .ok
                } catch {
                    return .badRequest
                }
            }
            group.addTask { await reasons.first { _ in true } == .tooSlow ? .requestTimeout : .badRequest }
            let status = await group.next() ?? .internalServerError
            group.cancelAll()
            return Response(status: status)
        }
    }

    /// The bytes of the running program, in pieces, by the kernel.
    private static func file() throws -> Response {
        let file = try Self.openProgram()
        let size = Int(try file.seekToEnd())
        let body = ResponseBody(contentLength: size) { writer in
            // Kept open by the handle, which this closure holds.
            let file = try Self.openProgram()
            for start in stride(from: 0, to: size, by: 1 << 20) {
                let range = start..<min(start + 1 << 20, size)
                try await ClientConnection.current?.sendFile(descriptor: file.fileDescriptor, range: range)
            }
            try file.close()
            try await writer.finish(nil)
        }
        return Response(status: .ok, body: body)
    }

    static func openProgram() throws -> FileHandle {
        try FileHandle(forReadingFrom: URL(filePath: "/proc/self/exe"))
    }

    /// Half a gibibyte, until the client is gone.
    private static func download(events: Events) -> Response {
        let body = ResponseBody(contentLength: 512 * 1024 * 1024) { writer in
            ClientConnection.current?.whenGone { reason in
                events.reasons.withLock { $0.append(reason) }
                events.left.increment()
            }
            let piece = ByteBuffer(repeating: 0x78, count: 256 * 1024)
            for _ in 0..<2048 {
                try await ClientConnection.current?.send(piece)
                events.sent.increment()
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, body: body)
    }
}
