import DequeModule

extension AdmissionQueue {
    /// Who is granted the next slot, and whom that passes.
    struct Choice {
        var ticket: AdmissionTicket
        /// The waiters before it for whom there is not enough memory.
        var passed: [AdmissionTicket]
    }

    /// What one client's line has to offer.
    private struct Offer {
        var ticket: AdmissionTicket?
        /// The waiters of the line before the ticket for whom there is not enough memory.
        var passed: [AdmissionTicket]
        /// Whether one of them may not be passed any more.
        var isBlocked: Bool
    }

    /// Finds who is next, by the rules; `nil` when nobody who waits may run now.
    ///
    /// A slot must be free.
    ///
    /// In the common case this looks at the first waiter only; skipped are whole clients and whole kinds. Where memory
    /// is short it looks at those that do not fit until it meets one that was passed often enough.
    func choose() -> Choice? {
        let share = max(1, self.grantLimit / 2)
        var passed: [AdmissionTicket] = []
        // Memory-short waiters of clients within their share. Only these hold up and are passed by others' grants.
        var passedWithinShare: [AdmissionTicket] = []
        var fallback: Choice?
        var isFallbackBarred = false
        for line in self.lines {
            for (turn, client) in line.round {
                guard let clientLine = line.clients[client], clientLine.turn == turn else { continue }
                let isWithinShare = self.slotsByClient[client, default: 0] < share
                guard isWithinShare || (fallback == nil && !isFallbackBarred) else { continue }
                let offer = self.offer(of: clientLine)
                if isWithinShare {
                    if let ticket = offer.ticket {
                        return Choice(ticket: ticket, passed: passedWithinShare + offer.passed)
                    }
                    if offer.isBlocked { return fallback }
                    passedWithinShare += offer.passed
                } else if let ticket = offer.ticket {
                    fallback = Choice(ticket: ticket, passed: passed + offer.passed)
                } else if offer.isBlocked {
                    isFallbackBarred = true
                }
                passed += offer.passed
            }
        }
        return fallback
    }

    /// The first of a line that fits, by age over all kinds.
    private func offer(of line: ClientLine) -> Offer {
        var best: AdmissionTicket?
        var blocker: AdmissionTicket?
        var short: [AdmissionTicket] = []
        let memoryFree = self.grantBudget - self.memoryHeld
        for kind in OperationKind.allCases where self.hasRoom(for: kind) {
            for ticket in line[kind] {
                if let best, best < ticket { break }
                guard let waiter = self.waiters[ticket], waiter.request.memory <= self.grantBudget else { continue }
                if waiter.request.memory <= memoryFree {
                    best = ticket
                    break
                }
                short.append(ticket)
                if waiter.passes >= Self.passLimit {
                    blocker = min(blocker ?? ticket, ticket)
                    break
                }
            }
        }
        guard let best else { return Offer(ticket: nil, passed: short, isBlocked: blocker != nil) }
        if let blocker, blocker < best { return Offer(ticket: nil, passed: short, isBlocked: true) }
        return Offer(ticket: best, passed: short.filter { $0 < best }, isBlocked: false)
    }

    private func hasRoom(for kind: OperationKind) -> Bool {
        guard !self.isBarred(kind) else { return false }
        guard let cap = self.configuration.cap(of: kind) else { return true }
        return self.activeByKind[kind.index] < cap
    }

    /// How many would go before a waiter were nothing to change, plus one; `nil` for what does not wait.
    ///
    /// Of each client of its class that has its turn, as many as this client has before it. Costs O(clients).
    func position(of ticket: AdmissionTicket) -> Int? {
        guard let waiter = self.waiters[ticket] else { return nil }
        let level = waiter.level.rawValue
        let ahead = self.lines[..<level].reduce(0) { $0 + $1.clients.values.reduce(0) { $0 + $1.count } }
        guard let own = self.lines[level].clients[waiter.request.client] else { return nil }
        let rank = own.countBefore(ticket)
        let others = self.lines[level].clients.reduce(0) { sum, entry in
            guard entry.key != waiter.request.client else { return sum }
            // A client whose turn comes earlier gets one more in.
            return sum + min(entry.value.count, entry.value.turn < own.turn ? rank + 1 : rank)
        }
        return ahead + rank + others + 1
    }

    /// Who leaves a full queue: the newest of the client with the most waiters, when that has more than the newcomer's.
    func displaced(by newcomer: AdmissionTicket) -> AdmissionTicket {
        guard let client = self.waiters[newcomer]?.request.client,
            let most = self.waitersByClient.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
            most.value > self.waitersByClient[client, default: 0]
        else { return newcomer }
        return self.lines.compactMap { $0.clients[most.key]?.newest }.max() ?? newcomer
    }
}
