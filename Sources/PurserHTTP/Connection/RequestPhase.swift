/// Where a connection stands between requests, bodies and answers; a pure state machine.
///
/// Only one request is in it at a time: what a client sends ahead waits outside until the answer is complete.
struct RequestPhase {
    enum Stage: Equatable {
        /// Between requests, or before the first.
        case idle
        /// A request has been passed on and its answer is not complete.
        case active
        /// The last answer is complete or on its way out; what still comes is thrown away.
        case lingering
    }

    private(set) var stage = Stage.idle
    private(set) var traits = RequestTraits()
    private(set) var isBodyComplete = true
    private(set) var isBodyBroken = false
    private(set) var isAdmitted = false
    private(set) var isAnswering = false
    private(set) var isDraining = false
    private var closes = false
    private var owesContinue = false

    /// Whether more of the request's body is to come.
    var expectsBody: Bool { self.stage == .active && !self.isBodyComplete && !self.isBodyBroken }
    /// Whether the body's remaining bytes have to stay in the kernel.
    var withholdsBody: Bool { self.stage == .active && !self.isBodyComplete && (!self.isAdmitted || self.isBodyBroken) }
    /// Whether the client is being waited for to send its body.
    var isReceiving: Bool { self.expectsBody && self.isAdmitted && !self.isAnswering }

    mutating func begin(_ traits: RequestTraits) {
        precondition(self.stage == .idle, "a request begins only between requests")
        self.stage = .active
        self.traits = traits
        self.isBodyComplete = !traits.hasBody
        self.isBodyBroken = false
        self.isAdmitted = false
        self.isAnswering = false
        self.owesContinue = traits.expectsContinue && traits.hasBody
        self.closes = !traits.isKeepAlive || self.isDraining
    }

    mutating func completeBody() {
        self.isBodyComplete = true
    }

    /// The body cannot be read to its end: the parser gave up or the client has left in its midst.
    mutating func breakBody() {
        self.isBodyBroken = true
        self.closes = true
    }

    enum Admission: Equatable {
        /// Nothing to let in: no body, all of it is there, let in before, or answered.
        case none
        case read
        case continueAndRead
    }

    mutating func admit() -> Admission {
        guard self.expectsBody, !self.isAdmitted, !self.isAnswering else { return .none }
        self.isAdmitted = true
        defer { self.owesContinue = false }
        return self.owesContinue ? .continueAndRead : .read
    }

    /// The head of the final answer is being written.
    ///
    /// - Parameter wantsClose: Whether the head itself says `Connection: close`, or has no end but that of the
    ///   connection.
    /// - Returns: Whether the connection is closed after the answer.
    mutating func beginAnswer(wantsClose: Bool) -> Bool {
        self.isAnswering = true
        if wantsClose || !self.isBodyComplete || self.isDraining { self.closes = true }
        return self.closes
    }

    /// The answer's last part is being written.
    ///
    /// The stage is `idle` afterwards if the connection is kept, else still
    /// `active` and `linger()` has to follow.
    ///
    /// - Returns: Whether the connection is kept for another request.
    mutating func completeAnswer() -> Bool {
        guard !self.closes, self.isBodyComplete, !self.isDraining else { return false }
        self.stage = .idle
        return true
    }

    mutating func linger() {
        self.stage = .lingering
    }

    /// The server is stopping: this request is the last.
    mutating func drain() {
        self.isDraining = true
    }
}
