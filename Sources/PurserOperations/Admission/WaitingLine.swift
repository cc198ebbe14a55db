import DequeModule

/// The waiters of one client in one class: first come, first served, by kind.
///
/// Kinds apart, so that a thousand waiters held back by their kind's cap are skipped as one.
struct ClientLine: Sendable {
    /// The line's place in the round; see ``ClassLine``.
    fileprivate(set) var turn: UInt64
    private var tickets = [Deque<AdmissionTicket>](repeating: [], count: OperationKind.allCases.count)
    private(set) var count = 0

    fileprivate init(turn: UInt64) {
        self.turn = turn
    }

    /// The waiters of a kind, in the order of their coming.
    subscript(_ kind: OperationKind) -> Deque<AdmissionTicket> { self.tickets[kind.index] }

    /// Most come last; one that rose from a lower class may belong further in front.
    fileprivate mutating func insert(_ ticket: AdmissionTicket, _ kind: OperationKind) {
        self.tickets[kind.index].insert(ticket, at: self.position(of: ticket, kind))
        self.count += 1
    }

    /// Finds the ticket by halving; moves at most half of the line's numbers.
    fileprivate mutating func remove(_ ticket: AdmissionTicket, _ kind: OperationKind) {
        let position = self.position(of: ticket, kind)
        guard position < self.tickets[kind.index].count, self.tickets[kind.index][position] == ticket else { return }
        self.tickets[kind.index].remove(at: position)
        self.count -= 1
    }

    /// The one that came last.
    var newest: AdmissionTicket? {
        self.tickets.compactMap(\.last).max()
    }

    /// How many of the line came before a ticket.
    func countBefore(_ ticket: AdmissionTicket) -> Int {
        OperationKind.allCases.reduce(0) { $0 + self.position(of: ticket, $1) }
    }

    /// The first place of a kind that is not before the ticket.
    private func position(of ticket: AdmissionTicket, _ kind: OperationKind) -> Int {
        let line = self.tickets[kind.index]
        guard let last = line.last, !(last < ticket) else { return line.count }
        var (low, high) = (0, line.count)
        while low < high {
            let middle = (low + high) / 2
            if line[middle] < ticket { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The waiters of one class: a line per client, and the clients take turns.
struct ClassLine: Sendable {
    private(set) var clients: [String: ClientLine] = [:]
    /// The round.
    ///
    /// An entry counts only while its client's line has that turn; the others are left-overs, so that leaving the line
    /// needs no search.
    private(set) var round: Deque<(turn: UInt64, client: String)> = []
    private var nextTurn: UInt64 = 0

    var isEmpty: Bool { self.clients.isEmpty }

    mutating func insert(_ ticket: AdmissionTicket, _ request: AdmissionRequest) {
        if self.clients[request.client] == nil {
            self.clients[request.client] = ClientLine(turn: self.takeTurn(request.client))
        }
        self.clients[request.client]?.insert(ticket, request.kind)
    }

    mutating func remove(_ ticket: AdmissionTicket, _ request: AdmissionRequest) {
        self.clients[request.client]?.remove(ticket, request.kind)
        guard self.clients[request.client]?.count == 0 else { return }
        self.clients[request.client] = nil
        self.compact()
    }

    /// Sends a client to the end of the round: it had its turn.
    mutating func rotate(_ client: String) {
        guard self.clients[client] != nil else { return }
        let turn = self.takeTurn(client)
        self.clients[client]?.turn = turn
        self.compact()
    }

    private mutating func takeTurn(_ client: String) -> UInt64 {
        defer { self.nextTurn += 1 }
        self.round.append((self.nextTurn, client))
        return self.nextTurn
    }

    /// Drops left-overs in front, and all when they are most of the round: constant cost per change, spread out.
    private mutating func compact() {
        while let first = self.round.first, self.clients[first.client]?.turn != first.turn {
            self.round.removeFirst()
        }
        guard self.round.count > 2 * self.clients.count + 16 else { return }
        let clients = self.clients
        self.round.removeAll { clients[$0.client]?.turn != $0.turn }
    }
}
