import Synchronization

/// The right to run one operation now, with the memory and the disk space reserved for it.
///
/// Given back when ``ResourceManager/withSlot(for:bytes:memory:name:client:priority:deadline:id:label:onQueued:_:)`` returns.
/// A slot that was admitted without that scope is given back by `finish(_:)`, and at the latest when it is let go of.
public final class Slot: Sendable {
    private struct Disk {
        var reserved: Int64 = 0
        var isClosed = false
    }

    /// The slot in which the current task runs, if any: what it asks for runs in the same slot.
    @TaskLocal static var current: Slot?

    /// The operation that runs in it.
    public let operation: Operation
    let manager: ResourceManager
    let ticket: AdmissionTicket
    private let disk = Mutex(Disk())
    private let isFinished = Atomic<Bool>(false)

    init(operation: Operation, manager: ResourceManager, ticket: AdmissionTicket) {
        self.operation = operation
        self.manager = manager
        self.ticket = ticket
    }

    /// Somebody dropped it: what the operation came to is not known, and that is no success.
    deinit {
        self.finish(.failure(AbandonedSlotError()))
    }

    /// Reserves room on the disk for more bytes, all or none; may be called again as more come.
    ///
    /// - Throws: ``OperationError`` `.storeFull`, and the slot keeps what it had; `.operationEnded` after its end; what
    ///   the measuring of the disk threw.
    public func reserveDisk(bytes: Int64) throws {
        guard bytes > 0 else { return }
        try self.manager.disk.reserve(bytes)
        let isClosed = self.disk.withLock { disk in
            if !disk.isClosed {
                disk.reserved += bytes
                self.operation.diskReserved.max(disk.reserved, ordering: .relaxed)
            }
            return disk.isClosed
        }
        guard isClosed else { return }
        self.manager.disk.settle(bytes)
        throw OperationError(.operationEnded, "the operation has already ended")
    }

    /// Says that bytes reserved are now on the disk, where measuring finds them.
    ///
    /// - Parameter bytes: How many more; what was not reserved is not counted.
    public func wroteDisk(bytes: Int64) {
        guard bytes > 0 else { return }
        let settled = self.disk.withLock { disk in
            let settled = min(bytes, disk.reserved)
            disk.reserved -= settled
            return settled
        }
        if settled > 0 { self.manager.disk.settle(settled) }
    }

    /// Reserves more memory when it is free now; never waits, as one that holds must not wait for others that hold.
    ///
    /// - Throws: ``OperationError`` `.memoryUnavailable`, or `.tooLargeForBudget` when it never can be.
    public func growMemory(by bytes: Int) throws(OperationError) {
        guard bytes > 0 else { return }
        try self.manager.grow(self.ticket, by: bytes)
        self.operation.memoryReserved.wrappingAdd(bytes, ordering: .relaxed)
    }

    /// Tells how long the disk took for one piece of this operation's work.
    ///
    /// - Parameter latency: The disk's stage alone, never the client's.
    public func recordDiskLatency(_ latency: Duration) {
        self.manager.recordDiskLatency(latency)
    }

    /// Ends the operation and gives everything back.
    ///
    /// The first call counts; it never waits.
    package func finish(_ outcome: Result<Void, any Error>) {
        guard !self.isFinished.exchange(true, ordering: .acquiringAndReleasing) else { return }
        let rest = self.disk.withLock { disk in
            disk.isClosed = true
            defer { disk.reserved = 0 }
            return disk.reserved
        }
        if rest > 0 { self.manager.disk.settle(rest) }
        self.manager.end(self.operation, outcome)
        self.manager.release(self.ticket)
    }
}

/// The slot was let go of without a result.
private struct AbandonedSlotError: OperationFailure {
    var failureCode: String { "internal" }
    var failureMessage: String { "the operation ended without a result" }
}
