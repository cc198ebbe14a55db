/// Guests: requests that run in the slot of the holder within which they were made.
extension AdmissionQueue {
    /// Grants a request within a holder, in whose slot it runs: it takes memory and no slot, and never waits.
    ///
    /// Neither its kind's cap nor its client's rate is asked, and it is granted while the queue is closed: its host has
    /// passed all that, and could not end without it.
    ///
    /// - Returns: `nil` when there is not enough memory now.
    mutating func admit(
        _ request: AdmissionRequest,
        within host: AdmissionTicket,
        at now: Duration
    ) -> AdmissionTicket? {
        guard request.memory <= self.memoryFree else { return nil }
        let ticket = self.makeTicket()
        let guest = AdmissionHolder(
            request: request,
            grantedAt: now,
            memory: request.memory,
            holdsSlot: false,
            host: host
        )
        self.hold(guest, ticket, waited: .zero)
        self.guestCount += 1
        return ticket
    }

    /// Whether a request runs in a slot, its own or that of the one within which it runs.
    func isRunning(_ ticket: AdmissionTicket) -> Bool {
        guard let holder = self.holders[ticket] else { return false }
        return holder.holdsSlot || holder.host.map { self.isRunning($0) } ?? false
    }

    /// Finds a host for the guests of one that has given back all it had.
    ///
    /// They go on within its own host; where it has none, the oldest takes over its slot and the others run within that
    /// one, so that nothing runs without a slot.
    mutating func leave(_ ticket: AdmissionTicket, _ holder: AdmissionHolder) {
        // The usual case costs a comparison.
        guard self.guestCount > 0 else { return }
        if holder.host != nil { self.guestCount -= 1 }
        var host = holder.host
        for guest in self.holders.filter({ $0.value.host == ticket }).keys.sorted() {
            if host == nil, holder.holdsSlot, let request = self.holders[guest]?.request {
                self.holders[guest]?.holdsSlot = true
                self.holders[guest]?.host = nil
                self.guestCount -= 1
                self.takeSlot(for: request)
                host = guest
            } else if let host {
                self.holders[guest]?.host = host
            }
        }
    }
}
