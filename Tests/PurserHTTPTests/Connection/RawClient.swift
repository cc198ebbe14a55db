import NIOCore
import NIOPosix

@testable import PurserHTTP

/// A client that sends and reads bytes as a test says, well-formed or not.
final class RawClient {
    private let channel: any Channel
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var received = ByteBuffer()

    private init(
        channel: any Channel,
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.channel = channel
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    /// Connects for the time of the body.
    ///
    /// - Parameters:
    ///   - port: Of the server, on 127.0.0.1.
    ///   - address: The client's own, for tests in which clients differ.
    ///   - body: What the client does.
    /// - Returns: What the body returned.
    /// - Throws: What the connection or the body throws.
    static func connect<Value: Sendable>(
        to port: Int,
        from address: String = "127.0.0.1",
        _ body: (RawClient) async throws -> Value
    ) async throws -> Value {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .bind(to: try SocketAddress(ipAddress: address, port: 0))
        let wrapped = try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(
                        backPressureStrategy: .init(lowWatermark: 1, highWatermark: 1),
                        isOutboundHalfClosureEnabled: false
                    )
                )
            }
        }
        return try await wrapped.executeThenClose { inbound, outbound in
            try await body(RawClient(channel: wrapped.channel, inbound: inbound, outbound: outbound))
        }
    }

    func send(_ text: String) async throws {
        try await self.outbound.write(ByteBuffer(string: text))
    }

    /// Shared, so that hundreds of clients weigh little.
    private static let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 65536)

    func send(bytes count: Int) async throws {
        var left = count
        while left > 0 {
            try await self.outbound.write(Self.piece.getSlice(at: 0, length: min(left, 65536)) ?? Self.piece)
            left -= 65536
        }
    }

    /// Sends without waiting for the peer to take anything.
    func pour(bytes count: Int) {
        self.channel.writeAndFlush(ByteBuffer(repeating: UInt8(ascii: "x"), count: count), promise: nil)
    }

    /// Sends without waiting for the peer to take anything.
    func pour(_ text: String) {
        self.channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    /// Sends a FIN; the answer can still be read.
    func closeSending() async throws {
        try await self.channel.close(mode: .output)
    }

    /// Sends a reset.
    func reset() async throws {
        try await self.channel.eventLoop.submit { [channel] in
            try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(resetOnClose)
        }.get()
        try await self.channel.close()
    }

    /// Reads one answer to its end.
    ///
    /// The answer to a HEAD request has no body, whatever its fields say.
    func answer(isHead: Bool = false) async throws -> RawAnswer {
        while true {
            if let end = self.received.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)) {
                let length = end.upperBound - self.received.readerIndex
                var answer = try RawAnswer(head: self.received.readString(length: length) ?? "")
                if answer.status < 200 { return answer }
                guard !isHead else { return answer }
                try await self.readBody(of: &answer)
                return answer
            }
            guard try await self.more() else { throw RawAnswer.Malformed(text: String(buffer: self.received)) }
        }
    }

    private func readBody(of answer: inout RawAnswer) async throws {
        if let length = answer["content-length"].flatMap(Int.init) {
            while self.received.readableBytes < length {
                guard try await self.more() else { throw RawAnswer.Malformed(text: "body cut") }
            }
            answer.body = self.received.readString(length: length) ?? ""
        } else if answer["transfer-encoding"] == "chunked" {
            while self.received.readableBytesView.firstRange(of: Array("0\r\n\r\n".utf8)) == nil {
                guard try await self.more() else { throw RawAnswer.Malformed(text: "chunks cut") }
            }
            answer.body = String(buffer: self.received)
            self.received.clear()
        } else if answer.status != 204, answer.status != 304 {
            answer.body = try await self.rest()
        }
    }

    /// Reads a piece of whatever comes.
    ///
    /// - Returns: Whether anything came before the end.
    func more() async throws -> Bool {
        guard var piece = try await self.inbound.next(isolation: #isolation) else { return false }
        self.received.writeBuffer(&piece)
        return true
    }

    /// Reads until a text has come; what came stays to be read.
    func wait(for text: String) async throws {
        while self.received.readableBytesView.firstRange(of: Array(text.utf8)) == nil {
            guard try await self.more() else { throw RawAnswer.Malformed(text: String(buffer: self.received)) }
        }
    }

    /// Reads up to the end of the connection, tidy or not.
    func rest() async throws -> String {
        do {
            while try await self.more() {}
        } catch is IOError {}
        defer { self.received.clear() }
        return String(buffer: self.received)
    }

    /// Reads up to the end of the connection.
    func drainBytes() async throws -> [UInt8] {
        while try await self.more() {}
        return Array(self.received.readableBytesView)
    }

    /// Reads up to the end of the connection, counting only, and tells a reset from an end.
    func drain() async -> (bytes: Int, isReset: Bool) {
        var count = self.received.readableBytes
        do {
            while let piece = try await self.inbound.next(isolation: #isolation) { count += piece.readableBytes }
            return (count, false)
        } catch {
            return (count, true)
        }
    }
}

/// An answer as it came.
struct RawAnswer {
    struct Malformed: Error { var text: String }

    var status: Int
    var fields: [(name: String, value: String)]
    var body = ""

    init(head: String) throws {
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: true)
        guard let first = lines.first, first.hasPrefix("HTTP/1."),
            let status = Int(first.split(separator: " ").dropFirst().first ?? "")
        else { throw Malformed(text: head) }
        self.status = status
        self.fields = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            let value = line[colon...].dropFirst().drop(while: { $0 == " " })
            return (line[..<colon].lowercased(), String(value))
        }
    }

    subscript(name: String) -> String? { self.fields.first { $0.name == name }?.value }
}
