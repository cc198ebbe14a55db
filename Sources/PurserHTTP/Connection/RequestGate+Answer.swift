import Logging
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The way of an answer out.
extension RequestGate {
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard self.phase.stage == .active else {
            // The framework answers a parser error even behind an answer; the client has had its one.
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch Self.unwrapOutboundIn(data) {
        case .head(let head) where head.status.code < 200:
            context.write(data, promise: promise)
        case .head(let head):
            self.writeHead(head, promise: promise, context: context)
        case .body where self.phase.traits.isHead:
            promise?.succeed()
        case .body:
            context.write(data, promise: promise)
        case .end(let trailers):
            self.writeEnd(trailers, promise: promise, context: context)
        }
    }

    private func writeHead(_ head: HTTPResponseHead, promise: EventLoopPromise<Void>?, context: ChannelHandlerContext) {
        var head = head
        let traits = self.phase.traits
        if traits.isHTTP10 { head.version = .http1_0 }
        let endsWithConnection =
            traits.isHTTP10 && head.status.mayHaveResponseBody && !head.headers.contains(name: "Content-Length")
        let closes = self.phase.beginAnswer(wantsClose: endsWithConnection || !head.isKeepAliveByField)
        if closes {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        } else if traits.isHTTP10 {
            head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
        self.connection?.setNeedsAdmission(false)
        self.watch.answerBegan()
        context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
    }

    private func writeEnd(_ trailers: HTTPHeaders?, promise: EventLoopPromise<Void>?, context: ChannelHandlerContext) {
        if self.phase.traits.isHead {
            // The encoder would end a chunked body that never was, with bytes that a client takes for the next answer.
            let nothing = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer()))
            context.write(Self.wrapOutboundOut(nothing), promise: promise)
        } else {
            context.write(Self.wrapOutboundOut(.end(trailers)), promise: promise)
        }
        self.socket.endBody()
        guard self.phase.completeAnswer() else {
            self.linger(context: context)
            return
        }
        self.connection?.requestEnded()
        self.socket.expectHead()
        self.watch.answerEnded(at: context.eventLoop.now)
        self.resume(context: context)
        self.arm(context: context)
    }

    /// Answers what is no acceptable request, and closes.
    func refuse(_ refusal: Refusal, version: HTTPVersion, isHead: Bool, context: ChannelHandlerContext) {
        self.logger.debug("request refused", metadata: ["purser.code": "\(refusal.code.rawValue)"])
        let head = refusal.head(
            serverName: self.configuration.serverName,
            version: version == .http1_0 ? .http1_0 : .http1_1
        )
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        if !isHead {
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: refusal.body)))), promise: nil)
        }
        context.write(Self.wrapOutboundOut(.end(nil)), promise: nil)
        self.linger(context: context)
    }

    /// See ``ClientConnection/send(_:)``.
    func send(_ data: IOData, promise: EventLoopPromise<Void>) {
        guard let context = self.context, self.phase.stage == .active, self.phase.isAnswering else {
            promise.fail(ChannelError.ioOnClosedChannel)
            return
        }
        guard !self.phase.traits.isHead else {
            promise.succeed()
            return
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        self.sending = data
        context.writeAndFlush(Self.wrapOutboundOut(.body(data)), promise: written)
        // Also the last few bytes, which leave the channel writable, wait for the client.
        self.watch.writesBlocked(at: context.eventLoop.now, delivered: self.socket.bytesDelivered)
        self.arm(context: context)
        written.futureResult.assumeIsolated().whenComplete { result in
            self.sending = nil
            self.watch.writesFlow(at: context.eventLoop.now)
            // Whoever sends is to know why before it fails for it.
            if case .failure(let error) = result, (error as? IOError)?.errnoCode != EIO {
                self.connection?.fireGone(.disconnected)
            }
            promise.completeWith(result)
        }
    }

    /// Whether the file that is being sent has lost the bytes that are to come: the kernel then sends none, and the event
    /// loop would ask it again and again.
    var sendsWhatIsNotThere: Bool {
        guard case .fileRegion(let region) = self.sending else { return false }
        var size: Int64?
        // Without a descriptor there is nothing to be sent any more.
        try? region.fileHandle.withUnsafeFileDescriptor { size = fileSize($0) }
        return size.map { $0 < region.endIndex } ?? false
    }
}

extension HTTPResponseHead {
    /// Whether the head does not ask for the connection to be closed; the version does not matter.
    fileprivate var isKeepAliveByField: Bool {
        !self.headers[canonicalForm: "Connection"].contains { $0.lowercased() == "close" }
    }
}
