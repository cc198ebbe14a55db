import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The connection that a request came over, for its route: lets the body in, tells when the client has left, and can
/// cut the line.
///
/// There is one per connection; what it does concerns the request being answered, as a connection serves one at a time.
final class ClientConnection: Sendable {
    /// The connection of the request that this task serves; `nil` outside of a server.
    @TaskLocal static var current: ClientConnection?

    /// The client's IP address without a port; empty where there is none.
    let remoteAddress: String

    private let channel: any Channel
    private let gate: NIOLoopBound<RequestGate>
    private let signal = Mutex(GoneSignal())
    /// Whether ``admitBody(expecting:)`` has anything to do; saves small uploads a turn of the event loop.
    private let needsAdmission = Atomic(false)

    /// Must be called on the channel's event loop.
    init(channel: any Channel, gate: RequestGate) {
        self.channel = channel
        self.gate = NIOLoopBound(gate, eventLoop: channel.eventLoop)
        self.remoteAddress = channel.remoteAddress?.ipAddress ?? ""
    }

    /// Lets the request's body come in: sends `100 Continue` if the client waits for it, and reads on.
    ///
    /// To be called once the request has what it needs to be served, and by every route that reads a body: until then
    /// only what came along with the head can be read. Without effect when there is no body, after an answer has
    /// begun, and when called again.
    ///
    /// - Parameter length: `Content-Length`, `nil` when unknown. Decides about the receive buffers.
    func admitBody(expecting length: Int64?) async {
        guard self.needsAdmission.load(ordering: .acquiring) else { return }
        // Not awaited: whatever is written later comes later on the event loop too.
        self.channel.eventLoop.execute { self.gate.value.admit(length) }
    }

    /// Whether the client has left or has been found too slow.
    var isGone: Bool { self.signal.withLock { $0.reason != nil } }

    /// Calls the handler, once, when the client leaves before this request's answer is complete; at once if it has
    /// left.
    ///
    /// A client that closes its sending side is taken to have left, be it still reading or not.
    ///
    /// TCP delivers an end behind all data only: of a client that leaves in peace while more of its body is under way
    /// than the kernel keeps for us (some 128 KiB) nothing is known until the body is let in. A reset is seen at once.
    ///
    /// The handler runs on the connection's event loop (or on the caller's thread) and must not block. When it is told
    /// ``GoneReason/tooSlow``, the request has to be answered or aborted soon, else the connection is cut.
    ///
    /// - Returns: What takes the handler back. The end of the answer does so too.
    @discardableResult
    func whenGone(_ handler: @escaping @Sendable (GoneReason) -> Void) -> Registration {
        switch self.signal.withLock({ $0.register(handler) }) {
        case .waiting(let id):
            return Registration(connection: self, id: id)
        case .alreadyGone(let reason):
            handler(reason)
            return Registration(connection: self, id: 0)
        }
    }

    /// A handler that waits for the client to leave.
    struct Registration: Sendable {
        fileprivate let connection: ClientConnection
        fileprivate let id: UInt64

        /// Takes the handler back.
        ///
        /// It may just be running.
        func cancel() {
            self.connection.signal.withLock { $0.remove(id: self.id) }
        }
    }

    /// Cuts the connection now, with a reset, so that what has been sent cannot be taken for a whole answer.
    func abort() {
        self.channel.eventLoop.execute { self.gate.value.abort() }
    }

    /// Sends the next bytes of an answer's body, and returns when the system has taken all of them.
    ///
    /// The response's writer takes bytes as long as the event loop has not said that they pile up, which on a busy
    /// machine comes too late for a file of any size; so whatever is large goes out here. To be called between the head
    /// and the end of an answer that states its length, and not while the writer is used.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - whenTaken: Called on the event loop when the system has taken them; must not block.
    /// - Throws: `IOError` or `ChannelError` when the connection fails or there is no such answer; nothing more can be
    ///   sent then.
    func send(_ bytes: ByteBuffer, whenTaken: (@Sendable () -> Void)? = nil) async throws {
        try await self.send(whenTaken) { .byteBuffer(bytes) }
    }

    /// Sends part of a file as an answer's next body bytes, as ``send(_:whenTaken:)`` does, without copying them through memory.
    ///
    /// A long file is sent in several calls, between which the caller can count.
    ///
    /// - Parameters:
    ///   - descriptor: Open for reading; stays the caller's and is duplicated for the call.
    ///   - range: Bytes of the file, half-open; all of them have to be there.
    ///   - whenTaken: Called on the event loop when the system has taken them; must not block.
    /// - Throws: As ``send(_:whenTaken:)``.
    func sendFile(descriptor: CInt, range: Range<Int>, whenTaken: (@Sendable () -> Void)? = nil) async throws {
        let copy = try DuplicatedDescriptor(descriptor)
        defer { copy.close() }
        try await self.send(whenTaken) {
            .fileRegion(
                FileRegion(fileHandle: copy.handle, readerIndex: range.lowerBound, endIndex: range.upperBound)
            )
        }
    }

    private func send(
        _ whenTaken: (@Sendable () -> Void)?,
        _ data: @escaping @Sendable () -> IOData
    ) async throws {
        let promise = self.channel.eventLoop.makePromise(of: Void.self)
        if let whenTaken { promise.futureResult.whenSuccess(whenTaken) }
        self.channel.eventLoop.execute { self.gate.value.send(data(), promise: promise) }
        try await promise.futureResult.get()
    }

    // MARK: For the request gate

    func setNeedsAdmission(_ needs: Bool) {
        self.needsAdmission.store(needs, ordering: .releasing)
    }

    func fireGone(_ reason: GoneReason) {
        let handlers = self.signal.withLock { $0.fire(reason) }
        for handler in handlers { handler(reason) }
    }

    func requestEnded() {
        self.signal.withLock { $0.requestEnded() }
    }
}
