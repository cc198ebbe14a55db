import NIOCore
package import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP server that takes down what is posted to it, and answers as a test says.
package final class WebhookReceiver: Sendable {
    /// How it answers a request.
    package enum Reply: Sendable {
        /// With a status, and fields of the head.
        case status(HTTPResponseStatus, HTTPHeaders = [:])
        /// Never answers, and keeps the connection open.
        case hang
        /// Sends the head of an answer, and never its body.
        case stall
        /// Closes the connection without an answer.
        case close
    }

    /// What was posted.
    package struct Request: Sendable {
        /// Its method.
        package var method: HTTPMethod
        /// Where it went.
        package var path: String
        /// The fields of its head.
        package var headers: HTTPHeaders
        /// Its body, as text.
        package var body: String
    }

    /// Where it listens, on 127.0.0.1.
    package let port: Int
    private let requests: AsyncStream<Request>
    /// Every request that came.
    package let count: Counter

    /// Counts.
    package final class Counter: Sendable {
        private let state = Mutex(0)
        /// How many there were.
        package var value: Int { self.state.withLock { $0 } }
        func increment() { self.state.withLock { $0 += 1 } }
    }

    private init(port: Int, requests: AsyncStream<Request>, count: Counter) {
        self.port = port
        self.requests = requests
        self.count = count
    }

    /// What is posted to.
    package var url: String { "http://127.0.0.1:\(self.port)/hook" }

    /// Waits for the next request.
    package func next() async -> Request? {
        for await request in self.requests { return request }
        return nil
    }

    /// Runs a server beside a body; requests beyond the replies are answered with 204.
    package static func run(_ replies: [Reply] = [], _ body: (WebhookReceiver) async throws -> Void) async throws {
        let (stream, continuation) = AsyncStream<Request>.makeStream()
        let count = Counter()
        let script = Script(replies)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(script: script, count: count, requests: continuation)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let receiver = WebhookReceiver(port: server.localAddress?.port ?? 0, requests: stream, count: count)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(receiver))
        } catch {
            outcome = .failure(error)
        }
        try await server.close()
        try outcome.get()
    }

    private final class Script: Sendable {
        private let replies: Mutex<[Reply]>

        init(_ replies: [Reply]) {
            self.replies = Mutex(replies)
        }

        func next() -> Reply { self.replies.withLock { $0.isEmpty ? .status(.noContent) : $0.removeFirst() } }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let script: Script
        private let count: Counter
        private let requests: AsyncStream<Request>.Continuation
        private var head: HTTPRequestHead?
        private var body = ByteBuffer()

        init(script: Script, count: Counter, requests: AsyncStream<Request>.Continuation) {
            self.script = script
            self.count = count
            self.requests = requests
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch self.unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                self.body.clear()
            case .body(var bytes): self.body.writeBuffer(&bytes)
            case .end:
                guard let head else { return }
                self.count.increment()
                let text = String(buffer: self.body)
                self.reply(context)
                self.requests.yield(Request(method: head.method, path: head.uri, headers: head.headers, body: text))
            }
        }

        private func reply(_ context: ChannelHandlerContext) {
            switch self.script.next() {
            case .status(let status, let headers):
                var headers = headers
                if status != .noContent { headers.replaceOrAdd(name: "Content-Length", value: "0") }
                let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
                context.write(self.wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
            case .stall:
                let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "10"])
                context.writeAndFlush(self.wrapOutboundOut(.head(head)), promise: nil)
            case .hang: break
            case .close: context.close(promise: nil)
            }
        }
    }
}
