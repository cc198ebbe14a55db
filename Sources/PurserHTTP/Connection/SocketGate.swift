import NIOCore
import NIOPosix
import Purser

/// The handler next to the socket: whether bytes are read at all, how many, and when they are thrown away.
///
/// It knows nothing of HTTP; ``RequestGate`` tells it what to do.
final class SocketGate: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// Bytes that came in since the connection was made.
    private(set) var bytesReceived: UInt64 = 0
    /// Bytes of answers handed down since the connection was made.
    private(set) var bytesWritten: UInt64 = 0
    /// What is known of the start line since ``expectHead()``.
    private(set) var startLine = StartLine.incomplete
    /// Measures the client while its body is wanted; it runs while a read is outstanding.
    var receiveRate: RateWindow

    private let traffic: Traffic?
    private var context: ChannelHandlerContext?
    private var isWithholding = false
    private var hasWithheldRead = false
    private var isReadOutstanding = false
    private var isInBatch = false
    private var isMeasuring = false
    private var hasLargeBuffers = false
    private var discards: Int?

    init(receiveRate: RateWindow, traffic: Traffic? = nil) {
        self.receiveRate = receiveRate
        self.traffic = traffic
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    // MARK: What the request gate asks for

    /// Looks out for the end of a start line from here on.
    func expectHead() {
        self.startLine = .incomplete
    }

    /// Leaves bytes in the kernel, or lets the read go that was held back meanwhile.
    func withhold(_ withholds: Bool) {
        guard withholds != self.isWithholding else { return }
        self.isWithholding = withholds
        guard !withholds, self.hasWithheldRead, let context = self.context else { return }
        self.hasWithheldRead = false
        self.forwardRead(context: context)
    }

    /// A body begins to be wanted: measures its sender, and uses large buffers if it is a large one.
    func beginBody(isLarge: Bool) {
        if isLarge { self.useLargeBuffers(true) }
        self.receiveRate.reset()
        self.isMeasuring = true
        if self.isReadOutstanding, let context = self.context { self.receiveRate.run(at: context.eventLoop.now) }
    }

    /// No body is wanted any more.
    func endBody() {
        guard self.isMeasuring else { return }
        self.isMeasuring = false
        self.receiveRate.reset()
        self.useLargeBuffers(false)
    }

    /// Reads on, whoever asks or not, and throws away up to `limit` bytes; the kernel keeps what comes after them.
    func discard(limit: Int) {
        guard self.discards == nil else { return }
        self.discards = limit
        self.isWithholding = false
        self.hasWithheldRead = false
        self.endBody()
        self.context?.read()
    }

    // MARK: Handler

    func read(context: ChannelHandlerContext) {
        guard !self.isWithholding else {
            self.hasWithheldRead = true
            return
        }
        self.forwardRead(context: context)
    }

    private func forwardRead(context: ChannelHandlerContext) {
        if let left = self.discards, left <= 0 { return }
        self.isReadOutstanding = true
        if self.isMeasuring { self.receiveRate.run(at: context.eventLoop.now) }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = Self.unwrapInboundIn(data)
        self.bytesReceived += UInt64(buffer.readableBytes)
        self.traffic?.receive(buffer.readableBytes)
        if let left = self.discards {
            self.discards = left - buffer.readableBytes
            return
        }
        // Unasked bytes while withholding: the client has closed and the kernel's buffer is being emptied towards
        // its end. Nobody waits for them, and there may be megabytes.
        if self.isWithholding, !self.isReadOutstanding, !self.isInBatch { return }
        self.isReadOutstanding = false
        self.isInBatch = true
        if self.isMeasuring {
            self.receiveRate.pause(at: context.eventLoop.now)
            self.receiveRate.record(bytes: buffer.readableBytes)
        }
        if self.startLine == .incomplete { self.startLine = StartLine(endingIn: buffer) }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.isInBatch = false
        context.fireChannelReadComplete()
        // Upstream may have stopped asking: whoever read the body has gone with the answer.
        if self.discards != nil { self.forwardRead(context: context) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let count = Self.unwrapOutboundIn(data).readableBytes
        self.bytesWritten += UInt64(count)
        self.traffic?.send(count)
        context.write(data, promise: promise)
    }

    // MARK: Socket

    private func useLargeBuffers(_ isLarge: Bool) {
        guard isLarge != self.hasLargeBuffers, let options = self.context?.channel.syncOptions else { return }
        self.hasLargeBuffers = isLarge
        let size = isLarge ? ConnectionConfiguration.largeReceiveBytes : ConnectionConfiguration.smallReceiveBytes
        // Fails on a closed channel only, where nothing is read any more.
        try? options.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: size))
        try? options.setOption(.maxMessagesPerRead, value: isLarge ? ConnectionConfiguration.largeBodyReads : 1 as UInt)
    }

    /// Bytes that have left this machine's buffers: written, less what is waiting here and in the kernel.
    ///
    /// The kernel says that a socket is writable again only when a third of its buffer, which may be megabytes, is
    /// free; judged by that alone, an honest slow reader would seem to take nothing for minutes.
    func bytesDelivered() -> UInt64 {
        guard let channel = self.context?.channel else { return self.bytesWritten }
        // Either fails on a closed channel only, where nothing is waiting.
        let here = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let kernel = (try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(socketQueueLength)) ?? 0
        let waiting = UInt64(max(0, here) + max(0, kernel))
        return waiting < self.bytesWritten ? self.bytesWritten - waiting : 0
    }
}

@available(*, unavailable)
extension SocketGate: Sendable {}
