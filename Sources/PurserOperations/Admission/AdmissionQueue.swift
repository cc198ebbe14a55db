import HeapModule

/// Decides who runs: all rules of admission, and nothing else.
///
/// A pure value: it reads no clock and takes no lock. Times are passed in, as the time since some start, and never go
/// back; what is to be done comes back as ``AdmissionAction``s, in order. Checking and taking are one step.
///
/// The rules, for the one who is next when a slot is free:
/// 1. The classes in their order; a waiter rises one class per ``ageingInterval`` waited.
/// 2. Within a class the clients take turns; within a client, first come, first served.
/// 3. A waiter whose kind is at its cap is skipped: nobody else takes what it waits for.
/// 4. A client that holds its share of the slots (half, at least one) is skipped as long as a waiter of another
///    client, in whichever class, can have the slot.
/// 5. A waiter for whom there is not enough memory may be passed by those behind it that fit, ``passLimit`` times.
///    Then nobody behind it is granted anything until it fits, as they would take the memory that it waits for.
///    Waiters skipped by rule 3, 4 or 6 do not hold up others so: no grant to another makes their wait longer.
/// 6. Under pressure there are fewer slots and less memory to grant, or none but for what frees memory; see
///    ``AdmissionPressure``. Waiters that need more than there is now are skipped until it ends.
struct AdmissionQueue: Sendable {
    /// The wait after which a waiter rises one class.
    static let ageingInterval: Duration = .seconds(10)
    /// How often a waiter for memory may be passed.
    static let passLimit = 8

    private(set) var waiters: [AdmissionTicket: AdmissionWaiter] = [:]
    var holders: [AdmissionTicket: AdmissionHolder] = [:]
    /// How many holders run within another.
    var guestCount = 0
    private(set) var lines = [ClassLine](repeating: ClassLine(), count: OperationPriority.allCases.count)
    private(set) var active = 0
    private(set) var memoryHeld = 0
    private(set) var activeByKind = [Int](repeating: 0, count: OperationKind.allCases.count)
    private(set) var slotsByClient: [String: Int] = [:]
    private(set) var limit: Int
    private(set) var pressure = AdmissionPressure.normal
    private(set) var isClosed = false
    private(set) var figures = AdmissionFigures()
    private(set) var serviceRate = ServiceRate()

    private(set) var waitersByClient: [String: Int] = [:]
    private var alarms: Heap<AdmissionAlarm> = []
    private var nextNumber: UInt64 = 0
    /// The number up to which tickets have had their first alarm.
    private var alarmed: UInt64 = 0
    private var rates: ClientRates
    let configuration: ResourceConfiguration

    init(configuration: ResourceConfiguration) {
        self.configuration = configuration
        self.limit = configuration.initialLimit
        self.rates = ClientRates(rate: configuration.clientRate, burst: configuration.clientBurst)
    }

    /// Takes in a request: it is granted, waits, or is refused.
    ///
    /// May also refuse one that waited (a full queue).
    mutating func request(
        _ request: AdmissionRequest,
        at now: Duration
    ) -> (ticket: AdmissionTicket, actions: [AdmissionAction]) {
        let ticket = self.makeTicket()
        if let refusal = self.refusalAtOnce(of: request, at: now) {
            self.figures.countRefusal(refusal, request.kind)
            return (ticket, [.refuse(ticket, refusal)])
        }
        self.insert(ticket, request, at: now)
        var actions = self.dispatch(at: now)
        if self.waiters[ticket] != nil {
            if request.waitLimit <= .zero {
                actions.append(self.refuse(ticket, .waitExpired))
            } else if self.waiters.count > self.configuration.queueCapacity {
                actions.append(self.refuse(self.displaced(by: ticket), .queueFull))
            }
        }
        self.figures.noteHighWater(active: self.active, queued: self.waiters.count, memory: self.memoryHeld)
        return (ticket, actions)
    }

    /// A waiter leaves.
    ///
    /// Nothing happens when it does not wait (any more).
    mutating func withdraw(_ ticket: AdmissionTicket, at now: Duration) -> [AdmissionAction] {
        guard self.waiters[ticket] != nil else { return [] }
        // It may have held up those behind it.
        return [self.refuse(ticket, .withdrawn)] + self.dispatch(at: now)
    }

    /// Gives back all that a holder still has.
    ///
    /// Doing it again changes nothing.
    mutating func release(_ ticket: AdmissionTicket, at now: Duration) -> [AdmissionAction] {
        guard let holder = self.holders.removeValue(forKey: ticket) else { return [] }
        self.memoryHeld -= holder.memory
        if holder.holdsSlot { self.giveSlotBack(of: holder, at: now) }
        if holder.host != nil { self.figures.countHeld(holder.request.kind, for: now - holder.grantedAt) }
        self.leave(ticket, holder)
        return self.dispatch(at: now)
    }

    /// Gives the slot of a holder back while its memory stays reserved; a guest of it takes the slot over.
    ///
    /// Doing it again changes nothing.
    mutating func abandon(_ ticket: AdmissionTicket, at now: Duration) -> [AdmissionAction] {
        guard let holder = self.holders[ticket], holder.holdsSlot else { return [] }
        self.holders[ticket]?.holdsSlot = false
        self.giveSlotBack(of: holder, at: now)
        self.figures.countAbandoned(holder.request.kind)
        self.leave(ticket, holder)
        return self.dispatch(at: now)
    }

    /// Reserves more memory for a holder, when it is free now.
    ///
    /// Returns whether it was.
    mutating func grow(_ ticket: AdmissionTicket, by bytes: Int) -> Bool {
        guard bytes >= 0, bytes <= self.memoryFree, var holder = self.holders[ticket] else { return false }
        holder.memory += bytes
        self.holders[ticket] = holder
        self.memoryHeld += bytes
        self.figures.noteHighWater(active: self.active, queued: self.waiters.count, memory: self.memoryHeld)
        return true
    }

    /// Does what is due: refuses those who waited too long, and raises those who waited long.
    mutating func tick(at now: Duration) -> [AdmissionAction] {
        var actions: [AdmissionAction] = []
        while let alarm = self.alarms.min, alarm.at <= now {
            self.alarms.removeMin()
            guard let waiter = self.waiters[alarm.ticket] else { continue }
            if waiter.expiresAt <= now {
                actions.append(self.refuse(alarm.ticket, .waitExpired))
            } else {
                self.raise(alarm.ticket, waiter, at: now)
            }
        }
        return actions + self.dispatch(at: now)
    }

    /// Changes how much is granted from now on; those that run go on.
    mutating func setPressure(_ pressure: AdmissionPressure, at now: Duration) -> [AdmissionAction] {
        self.pressure = pressure
        return self.dispatch(at: now)
    }

    /// Changes how many may run at once; those that run go on.
    mutating func setLimit(_ limit: Int, at now: Duration) -> [AdmissionAction] {
        self.limit = max(1, limit)
        return self.dispatch(at: now)
    }

    /// Refuses all that wait and all that come.
    mutating func close() -> [AdmissionAction] {
        self.isClosed = true
        return self.waiters.keys.sorted().map { self.refuse($0, .shuttingDown) }
    }

    /// Counts how an operation ended.
    mutating func countEnd(_ kind: OperationKind, _ state: OperationState) {
        self.figures.countEnd(kind, state)
    }

    /// The memory that is free; below zero never.
    var memoryFree: Int { max(0, self.configuration.memoryBudget - self.memoryHeld) }

    /// When another attempt is worthwhile, by the measured rate of service: 1 to 60 seconds.
    func retryAfter(at now: Duration) -> Duration {
        self.serviceRate.retryAfter(queued: self.waiters.count, at: now)
    }

    /// When a client that is over its rate may come again: 1 to 60 seconds.
    func retryAfter(client: String, at now: Duration) -> Duration {
        self.rates.retryAfter(client, at: now)
    }

    // MARK: Steps

    private mutating func refusalAtOnce(of request: AdmissionRequest, at now: Duration) -> AdmissionRefusal? {
        if self.isClosed { return .shuttingDown }
        if request.memory > self.configuration.memoryBudget { return .tooLargeForBudget }
        if self.isBarred(request.kind) { return .memoryPressure }
        if !request.kind.isOwnWork, !self.rates.take(request.client, at: now) { return .rateLimited }
        return nil
    }

    private mutating func insert(_ ticket: AdmissionTicket, _ request: AdmissionRequest, at now: Duration) {
        let waiter = AdmissionWaiter(
            request: request,
            arrivedAt: now,
            expiresAt: now + request.waitLimit,
            level: request.priority
        )
        self.waiters[ticket] = waiter
        self.lines[waiter.level.rawValue].insert(ticket, request)
        self.waitersByClient[request.client, default: 0] += 1
    }

    private mutating func remove(_ ticket: AdmissionTicket) -> AdmissionWaiter? {
        guard let waiter = self.waiters.removeValue(forKey: ticket) else { return nil }
        self.lines[waiter.level.rawValue].remove(ticket, waiter.request)
        Self.lower(&self.waitersByClient, waiter.request.client)
        // Alarms of those that left are dropped when due; here when they are most of them.
        if self.alarms.count > 2 * self.waiters.count + 64 {
            self.alarms = Heap(self.alarms.unordered.filter { self.waiters[$0.ticket] != nil })
        }
        return waiter
    }

    private mutating func refuse(_ ticket: AdmissionTicket, _ refusal: AdmissionRefusal) -> AdmissionAction {
        if let waiter = self.remove(ticket) { self.figures.countRefusal(refusal, waiter.request.kind) }
        return .refuse(ticket, refusal)
    }

    /// Grants as long as somebody may be granted.
    ///
    /// Whoever waits afterwards has an alarm.
    private mutating func dispatch(at now: Duration) -> [AdmissionAction] {
        var actions: [AdmissionAction] = []
        while self.active < self.grantLimit, !self.waiters.isEmpty, let choice = self.choose() {
            for passed in choice.passed { self.waiters[passed]?.passes += 1 }
            guard let waiter = self.remove(choice.ticket) else { break }
            self.lines[waiter.level.rawValue].rotate(waiter.request.client)
            self.grant(choice.ticket, waiter, at: now)
            actions.append(.grant(choice.ticket))
        }
        self.setAlarmOfNewest()
        return actions
    }

    private mutating func grant(_ ticket: AdmissionTicket, _ waiter: AdmissionWaiter, at now: Duration) {
        let request = waiter.request
        self.takeSlot(for: request)
        self.hold(
            AdmissionHolder(request: request, grantedAt: now, memory: request.memory),
            ticket,
            waited: now - waiter.arrivedAt
        )
    }

    mutating func makeTicket() -> AdmissionTicket {
        defer { self.nextNumber += 1 }
        return AdmissionTicket(number: self.nextNumber)
    }

    mutating func takeSlot(for request: AdmissionRequest) {
        self.active += 1
        self.activeByKind[request.kind.index] += 1
        self.slotsByClient[request.client, default: 0] += 1
    }

    /// Reserves the memory of one that is granted, and counts it.
    mutating func hold(_ holder: AdmissionHolder, _ ticket: AdmissionTicket, waited: Duration) {
        self.holders[ticket] = holder
        self.memoryHeld += holder.memory
        self.figures.countGrant(holder.request.kind, waited: waited)
        self.figures.noteHighWater(active: self.active, queued: self.waiters.count, memory: self.memoryHeld)
    }

    private mutating func giveSlotBack(of holder: AdmissionHolder, at now: Duration) {
        self.active -= 1
        self.activeByKind[holder.request.kind.index] -= 1
        Self.lower(&self.slotsByClient, holder.request.client)
        self.serviceRate.note(at: now)
        self.figures.countHeld(holder.request.kind, for: now - holder.grantedAt)
    }

    private mutating func raise(_ ticket: AdmissionTicket, _ waiter: AdmissionWaiter, at now: Duration) {
        let level = Self.level(of: waiter, at: now)
        if level != waiter.level {
            self.lines[waiter.level.rawValue].remove(ticket, waiter.request)
            self.lines[level.rawValue].insert(ticket, waiter.request)
            self.waiters[ticket]?.level = level
        }
        self.alarms.insert(AdmissionAlarm(at: Self.nextAlarm(of: waiter, at: now), ticket: ticket))
    }

    /// How many classes a waiter has risen.
    private static func risen(_ waiter: AdmissionWaiter, at now: Duration) -> Int {
        Int(max(0, (now - waiter.arrivedAt) / Self.ageingInterval))
    }

    /// The class after the wait so far.
    private static func level(of waiter: AdmissionWaiter, at now: Duration) -> OperationPriority {
        let value = waiter.request.priority.rawValue - Self.risen(waiter, at: now)
        return OperationPriority(rawValue: max(0, value)) ?? .interactive
    }

    private static func nextAlarm(of waiter: AdmissionWaiter, at now: Duration) -> Duration {
        guard Self.level(of: waiter, at: now) != .interactive else { return waiter.expiresAt }
        return min(waiter.expiresAt, waiter.arrivedAt + Self.ageingInterval * (Self.risen(waiter, at: now) + 1))
    }

    /// A request that is granted at once needs no alarm, so the newest gets its own only after the dispatch.
    private mutating func setAlarmOfNewest() {
        guard self.nextNumber > self.alarmed else { return }
        let ticket = AdmissionTicket(number: self.nextNumber - 1)
        self.alarmed = self.nextNumber
        guard let waiter = self.waiters[ticket] else { return }
        self.alarms.insert(AdmissionAlarm(at: Self.nextAlarm(of: waiter, at: waiter.arrivedAt), ticket: ticket))
    }

    private static func lower(_ counts: inout [String: Int], _ key: String) {
        let count = counts[key, default: 0] - 1
        counts[key] = count > 0 ? count : nil
    }
}
