import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Hummingbird's HTTP/1 channel between two handlers of ours: one at the socket, one that sees requests and answers.
///
/// They carry what the framework leaves to its user: bodies that stay in the kernel until they are admitted, answers
/// before the body's end, clients that leave or are too slow, limits, and answers to what is no request at all.
struct PurserChannel: ServerChildChannel {
    /// A connection that has been set up.
    struct Value: ServerChildChannelValue {
        let base: HTTP1Channel.Value
        let connection: ClientConnection

        var channel: any Channel { self.base.channel }
    }

    let base: HTTP1Channel
    let configuration: ConnectionConfiguration

    init(base: HTTP1Channel, configuration: ConnectionConfiguration) {
        self.base = base
        self.configuration = configuration
    }

    /// What to give to an `Application` as its server.
    static func serverBuilder(configuration: ConnectionConfiguration) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            // The target counts as a field to the parser; a longer one than this is `uri_too_long` in the handler.
            let limits = HTTP1Channel.Configuration.DecoderConfiguration(
                maxHeaderFieldSize: configuration.maxHeaderBytes,
                maxHeaderListSize: configuration.maxHeaderBytes,
                maxHeaderFieldCount: configuration.maxHeaderCount
            )
            let base = HTTP1Channel(responder: responder, configuration: .init(httpDecoderConfiguration: limits))
            return PurserChannel(base: base, configuration: configuration)
        }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        self.base.setup(channel: channel, logger: logger).flatMapThrowing { base in
            let connection = try Self.addGates(to: channel, configuration: self.configuration, logger: logger)
            return Value(base: base, connection: connection)
        }
    }

    private static func addGates(
        to channel: any Channel,
        configuration: ConnectionConfiguration,
        logger: Logger
    ) throws -> ClientConnection {
        if let options = channel.syncOptions {
            let small = FixedSizeRecvByteBufferAllocator(capacity: ConnectionConfiguration.smallReceiveBytes)
            try options.setOption(.recvAllocator, value: small)
            try options.setOption(.maxMessagesPerRead, value: 1)
            try options.setOption(
                .tcpOption(.init(rawValue: TCP_NOTSENT_LOWAT)),
                value: ConnectionConfiguration.maxUnsentBytes
            )
        }
        let pipeline = channel.pipeline.syncOperations
        let window = RateWindow(minRate: configuration.minRate, length: TimeAmount(configuration.minRateWindow))
        let socket = SocketGate(receiveRate: window, traffic: configuration.traffic)
        let requests = RequestGate(socket: socket, sendRate: window, configuration: configuration, logger: logger)
        let connection = ClientConnection(channel: channel, gate: requests)
        requests.connection = connection
        let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
        try pipeline.addHandler(requests, position: .before(codec))
        try pipeline.addHandler(socket, position: .first)
        return connection
    }

    func handle(value: Value, logger: Logger) async {
        await ClientConnection.$current.withValue(value.connection) {
            await self.base.handle(value: value.base, logger: logger)
        }
    }
}
