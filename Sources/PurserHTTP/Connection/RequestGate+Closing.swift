import NIOCore
import NIOHTTP1

/// How a connection ends: by its client, by an error, by the server's stop, after its last answer, or at once.
extension RequestGate {
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            self.isInputClosed = true
            self.connection?.fireGone(.disconnected)
            self.inputClosed(context: context)
        case ChannelEvent.outputClosed:
            self.watch.outputClosed(at: context.eventLoop.now)
            self.arm(context: context)
            context.fireUserInboundEventTriggered(event)
        case is ChannelShouldQuiesceEvent:
            self.quiesce(context: context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// The client will send nothing more; passed on behind all that it did send.
    func inputClosed(context: ChannelHandlerContext) {
        guard self.pending.isEmpty else {
            self.hold(.inputClosed)
            return
        }
        if self.phase.stage == .idle { self.linger(context: context) }
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    /// The server stops: the running request is the last, and where there is none, this is the end.
    private func quiesce(context: ChannelHandlerContext) {
        self.phase.drain()
        if self.phase.stage == .idle { self.closeWhenSent(context: context) }
    }

    /// Ends a connection that has nothing to wait for, unless its client still has an answer to take.
    func closeWhenSent(context: ChannelHandlerContext) {
        // Throws on a closed channel only.
        let unsent = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if unsent > 0, self.phase.stage == .idle {
            self.linger(context: context)
        } else {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is HTTPParserError, is ByteToMessageDecoderError:
            self.fail(error, context: context)
        default:
            self.connection?.fireGone(.disconnected)
            context.fireErrorCaught(error)
        }
    }

    /// The parser understands no more.
    func fail(_ error: any Error, context: ChannelHandlerContext) {
        guard self.pending.isEmpty else {
            self.hold(.failure(error))
            return
        }
        switch self.phase.stage {
        case .idle:
            let refusal = Refusal(error, startLine: self.socket.startLine)
            self.refuse(refusal, version: .http1_1, isHead: false, context: context)
        case .active where self.phase.expectsBody:
            self.phase.breakBody()
            self.connection?.setNeedsAdmission(false)
            self.socket.endBody()
            self.updateReads()
            // Before the reader of the body hears of its end, which it could not tell from a mistake in it.
            if error as? HTTPParserError == .invalidEOFState { self.connection?.fireGone(.disconnected) }
            context.fireErrorCaught(error)
        case .active where !self.phase.isBodyBroken:
            self.hold(.failure(error))
        case .active, .lingering:
            break
        }
    }

    /// Sends what has been written, then closes: this side first, the other when the client has done so, or when time
    /// is up.
    func linger(context: ChannelHandlerContext) {
        self.phase.linger()
        self.pending.removeAll()
        self.connection?.setNeedsAdmission(false)
        self.connection?.requestEnded()
        self.watch.lingers(at: context.eventLoop.now, delivered: self.socket.bytesDelivered)
        if self.isInputClosed {
            // Half-closing now would close all, with what has not been sent yet.
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            context.writeAndFlush(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
        } else {
            context.flush()
            context.close(mode: .output, promise: nil)
            self.socket.discard(limit: self.configuration.lingerBytes)
        }
        self.arm(context: context)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else {
            context.close(mode: mode, promise: promise)
            return
        }
        // From above: nothing more will be written there.
        switch self.phase.stage {
        case .idle:
            self.linger(context: context)
        case .active where self.phase.isAnswering:
            // The answer breaks off; it must not look complete.
            self.abort()
        case .active:
            context.close(mode: .all, promise: nil)
        case .lingering:
            break
        }
        promise?.succeed()
    }

    /// See ``ClientConnection/abort()``.
    func abort() {
        guard let context = self.context else { return }
        // Throws on a closed channel only.
        try? context.channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(resetOnClose)
        context.close(mode: .all, promise: nil)
    }
}
