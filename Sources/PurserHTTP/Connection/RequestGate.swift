import Logging
import NIOCore
import NIOHTTP1

/// The handler between the parser and the framework: lets one request through at a time, and knows what phase it is in.
///
/// - Requests sent ahead wait here, so that everything above and ``ClientConnection`` concern one request.
/// - What is no acceptable request is answered here (``Refusal``) and never seen above.
/// - An answer that leaves part of the body unread, or that is the connection's last, is followed by a lingering close
///   (RFC 9112 §9.6): closing with unread bytes resets the connection and the client may lose the answer.
final class RequestGate: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What came while a request was being answered.
    enum Pending {
        case part(HTTPServerRequestPart)
        case failure(any Error)
        case inputClosed
    }

    let configuration: ConnectionConfiguration
    let socket: SocketGate
    let logger: Logger
    /// Set right after both have been made, taken away with the handler, as they hold each other.
    var connection: ClientConnection?
    var context: ChannelHandlerContext?
    var phase = RequestPhase()
    var pending = CircularBuffer<Pending>()
    var isInputClosed = false
    var watch: ConnectionWatch
    /// What ``send(_:promise:)`` has handed down and the kernel has not taken yet.
    var sending: IOData?
    /// Whether parts have been passed on since the last batch of bytes.
    private var hasPassedParts = false
    /// Whether the end of a request without a body has been passed on.
    private var hasPassedEnd = false

    init(socket: SocketGate, sendRate: RateWindow, configuration: ConnectionConfiguration, logger: Logger) {
        self.socket = socket
        self.configuration = configuration
        self.logger = logger
        self.watch = ConnectionWatch(configuration: configuration, sendRate: sendRate)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.watch.accepted(at: context.eventLoop.now)
        self.arm(context: context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.watch.stop()
        self.connection?.fireGone(.disconnected)
        self.connection = nil
        self.context = nil
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.receive(Self.unwrapInboundIn(data), context: context)
    }

    private func receive(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch (self.phase.stage, part) {
        case (.idle, .head(let head)):
            self.begin(head, context: context)
        case (.active, .body) where self.phase.expectsBody:
            context.fireChannelRead(Self.wrapInboundOut(part))
        case (.active, .end) where self.phase.expectsBody:
            self.completeBody()
            context.fireChannelRead(Self.wrapInboundOut(part))
        case (.active, .end) where !self.phase.traits.hasBody && !self.hasPassedEnd:
            self.hasPassedEnd = true
            context.fireChannelRead(Self.wrapInboundOut(part))
        case (.active, _):
            self.hold(.part(part))
        case (.idle, _), (.lingering, _):
            break
        }
    }

    private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        self.watch.headCompleted()
        let traits: RequestTraits
        do {
            traits = try RequestTraits(head, maxURIBytes: self.configuration.maxURIBytes)
        } catch {
            self.refuse(error, version: head.version, isHead: head.method == .HEAD, context: context)
            return
        }
        self.phase.begin(traits)
        self.hasPassedEnd = false
        self.hasPassedParts = true
        if traits.hasBody {
            self.connection?.setNeedsAdmission(true)
            self.updateReads()
        }
        var head = head
        // What reads the head above knows only this one spelling.
        if !traits.isKeepAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        // The target's host counts, not the field's; above, only the field is looked at.
        if let authority = head.targetAuthority {
            head.headers.replaceOrAdd(name: "Host", value: String(authority))
        }
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }

    private func completeBody() {
        self.phase.completeBody()
        self.connection?.setNeedsAdmission(false)
        self.socket.endBody()
        self.updateReads()
    }

    /// See ``ClientConnection/admitBody(expecting:)``.
    func admit(_ length: Int64?) {
        guard let context = self.context else { return }
        let admission = self.phase.admit()
        guard admission != .none else { return }
        self.connection?.setNeedsAdmission(false)
        if admission == .continueAndRead {
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(Self.wrapOutboundOut(.head(head)), promise: nil)
        }
        self.socket.beginBody(isLarge: length.map { $0 >= ConnectionConfiguration.largeBodyBytes } ?? true)
        self.updateReads()
        self.arm(context: context)
    }

    func hold(_ item: Pending) {
        self.pending.append(item)
        self.updateReads()
    }

    func updateReads() {
        self.socket.withhold(self.phase.withholdsBody || !self.pending.isEmpty)
    }

    /// Passes on what waited for the last answer's end.
    func resume(context: ChannelHandlerContext) {
        guard !self.pending.isEmpty else { return }
        var waiting = CircularBuffer<Pending>()
        swap(&waiting, &self.pending)
        for item in waiting {
            switch item {
            case .part(let part): self.receive(part, context: context)
            case .failure(let error): self.fail(error, context: context)
            case .inputClosed: self.inputClosed(context: context)
            }
        }
        self.updateReads()
        context.fireChannelReadComplete()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.phase.stage == .idle {
            // Bytes without a request: a head that is not complete. Behind the end of another request it may go
            // unseen until more of it comes; the idle time-out still holds then.
            let isPartialHead = self.watch.noteBytes(self.socket.bytesReceived) && !self.hasPassedParts
            if isPartialHead { self.watch.headStarted(at: context.eventLoop.now) }
            self.arm(context: context)
        } else {
            _ = self.watch.noteBytes(self.socket.bytesReceived)
        }
        self.hasPassedParts = false
        context.fireChannelReadComplete()
    }
}

@available(*, unavailable)
extension RequestGate: Sendable {}
