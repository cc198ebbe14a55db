/// The handlers that one request has left for the case that its client goes; a value, tested without a connection.
struct GoneSignal {
    typealias Handler = @Sendable (GoneReason) -> Void

    private(set) var reason: GoneReason?
    private var handlers: [(id: UInt64, handler: Handler)] = []
    private var nextID: UInt64 = 0

    enum Registered {
        case waiting(id: UInt64)
        case alreadyGone(GoneReason)
    }

    /// Keeps a handler, unless the client has gone before: then the caller has to call it.
    mutating func register(_ handler: @escaping Handler) -> Registered {
        if let reason = self.reason { return .alreadyGone(reason) }
        self.nextID += 1
        self.handlers.append((self.nextID, handler))
        return .waiting(id: self.nextID)
    }

    mutating func remove(id: UInt64) {
        self.handlers.removeAll { $0.id == id }
    }

    /// Notes the reason and hands out the handlers, each only once.
    ///
    /// A later reason does not replace an earlier one.
    mutating func fire(_ reason: GoneReason) -> [Handler] {
        if self.reason == nil { self.reason = reason }
        defer { self.handlers.removeAll() }
        return self.handlers.map(\.handler)
    }

    /// Forgets the handlers, because the request has been answered.
    ///
    /// That the client has left stays, as it belongs to the connection; that it was slow belongs to the request.
    mutating func requestEnded() {
        if self.reason == .tooSlow { self.reason = nil }
        guard !self.handlers.isEmpty else { return }
        self.handlers.removeAll()
    }
}
