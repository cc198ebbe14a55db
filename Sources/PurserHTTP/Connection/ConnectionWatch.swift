import NIOCore

/// The deadlines of one connection, on its event loop's clock.
///
/// It says when to look and what is due; the gate acts.
///
/// One timer serves all of them. It is moved forward only when something is due earlier, so that a request that comes
/// and goes in time touches no timer at all.
struct ConnectionWatch {
    enum Due: Equatable {
        case nothing
        /// A head has been begun and not completed in time.
        case headTimeout
        /// Nothing has come for too long, or nothing is left to wait for.
        case close
        /// The client sends or takes too little.
        case tooSlow
        /// A client found too slow has not been answered, or takes not even its last answer.
        case abort
    }

    private let headerTimeout, idleTimeout, lingerTimeout, slowGrace: TimeAmount
    private var sendRate: RateWindow
    private var delivered: UInt64?
    private var isFirst = true
    private var idleSince = NIODeadline.uptimeNanoseconds(0)
    private var headSince: NIODeadline?
    private var slowSince: NIODeadline?
    private var outputClosedAt: NIODeadline?
    private var bytesSeen: UInt64 = 0
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?

    init(configuration: ConnectionConfiguration, sendRate: RateWindow) {
        self.headerTimeout = TimeAmount(configuration.headerTimeout)
        self.idleTimeout = TimeAmount(configuration.idleTimeout)
        self.lingerTimeout = TimeAmount(configuration.lingerTimeout)
        self.slowGrace = TimeAmount(configuration.slowGrace)
        self.sendRate = sendRate
    }

    // MARK: What happens

    mutating func accepted(at now: NIODeadline) { self.idleSince = now }

    /// - Returns: Whether bytes came since the last call.
    mutating func noteBytes(_ count: UInt64) -> Bool {
        defer { self.bytesSeen = count }
        return count != self.bytesSeen
    }

    mutating func headStarted(at now: NIODeadline) {
        // The first head is timed from the accept on.
        if self.headSince == nil { self.headSince = self.isFirst ? self.idleSince : now }
    }

    mutating func headCompleted() {
        self.isFirst = false
        self.headSince = nil
    }

    mutating func answerBegan() {
        self.sendRate.reset()
        self.delivered = nil
    }

    mutating func answerEnded(at now: NIODeadline) {
        self.idleSince = now
        self.sendRate.reset()
        self.slowSince = nil
    }

    /// Writes wait for the client; `delivered` is asked for only where it is needed, as it costs system calls.
    mutating func writesBlocked(at now: NIODeadline, delivered: () -> UInt64) {
        if self.delivered == nil { self.delivered = delivered() }
        self.sendRate.run(at: now)
    }

    mutating func writesFlow(at now: NIODeadline) { self.sendRate.pause(at: now) }

    /// From here on the client has to take what is left, however little.
    mutating func lingers(at now: NIODeadline, delivered: () -> UInt64) {
        self.headSince = nil
        self.slowSince = nil
        self.writesBlocked(at: now, delivered: delivered)
    }

    mutating func outputClosed(at now: NIODeadline) { self.outputClosedAt = self.outputClosedAt ?? now }

    // MARK: What is due

    /// Judges the connection at this time.
    mutating func due(at now: NIODeadline, phase: RequestPhase, socket: SocketGate) -> Due {
        switch phase.stage {
        case .idle:
            if let headSince = self.headSince { return now >= headSince + self.headerTimeout ? .headTimeout : .nothing }
            return now >= self.idleSince + (self.isFirst ? self.headerTimeout : self.idleTimeout) ? .close : .nothing
        case .active:
            if let slowSince = self.slowSince { return now >= slowSince + self.slowGrace ? .abort : .nothing }
            let isSlow =
                phase.isReceiving && socket.receiveRate.verdict(at: now) == .slow
                || phase.isAnswering && self.takesTooLittle(at: now, socket: socket)
            guard isSlow else { return .nothing }
            self.slowSince = now
            return .tooSlow
        case .lingering:
            if let closedAt = self.outputClosedAt { return now >= closedAt + self.lingerTimeout ? .close : .nothing }
            return self.takesTooLittle(at: now, socket: socket) ? .abort : .nothing
        }
    }

    private mutating func takesTooLittle(at now: NIODeadline, socket: SocketGate) -> Bool {
        let delivered = socket.bytesDelivered()
        self.sendRate.record(bytes: Int(delivered - min(delivered, self.delivered ?? delivered)))
        self.delivered = delivered
        return self.sendRate.verdict(at: now) == .slow
    }

    /// When to look again; `nil` when nothing can become due by time alone.
    func nextLook(after now: NIODeadline, phase: RequestPhase, socket: SocketGate) -> NIODeadline? {
        switch phase.stage {
        case .idle:
            if let headSince = self.headSince { return headSince + self.headerTimeout }
            return self.idleSince + (self.isFirst ? self.headerTimeout : self.idleTimeout)
        case .active:
            if let slowSince = self.slowSince { return slowSince + self.slowGrace }
            if phase.isAnswering { return self.sendRate.nextCheck(after: now) }
            return phase.isReceiving ? socket.receiveRate.nextCheck(after: now) : nil
        case .lingering:
            if let closedAt = self.outputClosedAt { return closedAt + self.lingerTimeout }
            return self.sendRate.nextCheck(after: now)
        }
    }

    // MARK: The timer

    /// Whether a timer has to be set to look at that time.
    func needsTimer(at deadline: NIODeadline) -> Bool {
        self.timer.map { deadline < $0.at } ?? true
    }

    mutating func setTimer(_ task: Scheduled<Void>, at deadline: NIODeadline) {
        self.timer?.task.cancel()
        self.timer = (deadline, task)
    }

    mutating func timerFired() { self.timer = nil }

    mutating func stop() {
        self.timer?.task.cancel()
        self.timer = nil
    }
}
