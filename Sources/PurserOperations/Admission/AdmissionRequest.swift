/// What an operation asks of the queue.
struct AdmissionRequest: Sendable, Hashable {
    var kind: OperationKind
    var client: String
    var priority: OperationPriority
    /// Bytes of memory that it will hold.
    var memory: Int
    /// How long it may wait; its own limit or the common one.
    var waitLimit: Duration
}

/// The place of a request: the earlier it came, the lower.
struct AdmissionTicket: Sendable, Hashable, Comparable {
    let number: UInt64

    static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// Why a request gets no slot.
enum AdmissionRefusal: Sendable, Hashable {
    case queueFull
    case waitExpired
    case rateLimited
    case tooLargeForBudget
    case memoryPressure
    case shuttingDown
    /// It left by itself.
    case withdrawn
}

/// What is to be done once the lock is given back.
enum AdmissionAction: Sendable, Hashable {
    /// The request has its slot and its memory.
    case grant(AdmissionTicket)
    /// The request has left the queue.
    case refuse(AdmissionTicket, AdmissionRefusal)
}

/// A request that waits.
struct AdmissionWaiter: Sendable {
    let request: AdmissionRequest
    let arrivedAt: Duration
    let expiresAt: Duration
    /// The class it waits in now; ageing raises it.
    var level: OperationPriority
    /// How many later requests went before it while there was not enough memory for it.
    var passes = 0
}

/// A request that was granted and has not given everything back.
struct AdmissionHolder: Sendable {
    let request: AdmissionRequest
    let grantedAt: Duration
    var memory: Int
    /// Whether it still holds its slot; one that was abandoned, or runs within another, holds only memory.
    var holdsSlot = true
    /// The one in whose slot it runs.
    var host: AdmissionTicket?
}
