public import Logging
public import PurserIdentifiers
import Synchronization

/// Admits operations only as far as there are slots, memory and disk space for them, and queues the rest.
///
/// ``run()`` must be running: it ends waits, raises those that waited long, and cancels what makes no progress.
/// The rules of the queue are those of `AdmissionQueue`; this type adds the clock, the lock and the waiting.
public final class ResourceManager: Sendable {
    /// How long a body may go on after a cancel before its slot is taken from it.
    public static let cancellationGrace: Duration = .seconds(1)

    /// What all operations may hold.
    public let configuration: ResourceConfiguration
    let tracker: ProgressTracker
    let disk: DiskReservations
    let timeline: Timeline
    let logger: Logger
    let state: Mutex<ResourceState>
    let adaptive: Mutex<AdaptiveLimit>

    /// Makes a manager with all slots free.
    ///
    /// - Parameters:
    ///   - configuration: The limits, taken as they are; see ``ResourceConfiguration/problems()``.
    ///   - tracker: Where the operations are registered.
    ///   - disk: Measures the room on the disk.
    ///   - clock: Measures waits and holds.
    ///   - logger: For what goes wrong in the background.
    public init(
        configuration: ResourceConfiguration = ResourceConfiguration(),
        tracker: ProgressTracker,
        disk: DiskSpace = .unlimited,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.configuration = configuration
        self.tracker = tracker
        self.disk = DiskReservations(disk)
        self.timeline = Timeline(clock)
        self.logger = logger
        self.state = Mutex(ResourceState(queue: AdmissionQueue(configuration: configuration)))
        self.adaptive = Mutex(AdaptiveLimit(configuration.adaptive, initial: configuration.initialLimit))
    }

    /// Runs a body in a slot: waits for one, registers and ends the operation, and gives everything back.
    ///
    /// The body runs in a task of its own, which is cancelled when the operation is cancelled or timed out; the
    /// caller's task never is. Cancelling the caller's task cancels the operation, waiting or running, unless it is
    /// sealed. The call returns when the body has ended, not before.
    ///
    /// Nothing that holds a slot waits for another: called within the body of another operation, this one runs in
    /// that one's slot. It then takes memory only, which must be free, and its progress counts for both.
    ///
    /// - Parameters:
    ///   - kind: What the operation does.
    ///   - bytes: The bytes it will move, where known; for the progress.
    ///   - memory: The bytes of memory that it will really hold.
    ///   - name: What it works on, for people.
    ///   - client: For whom; clients take turns.
    ///   - priority: The class in which it waits.
    ///   - deadline: How long it may wait; the configured limit where there is none. Zero refuses instead of queueing.
    ///   - id: The operation's id; one is made where there is none.
    ///   - label: What it is counted as; its kind where there is none.
    ///   - onQueued: Called once the operation is registered and before it may wait, in the caller's task. Must not block.
    ///   - body: The work. To be stopped it has to look at its task or at ``Operation/checkCancellation()``.
    /// - Returns: What the body returned.
    /// - Throws: ``OperationError`` when it was not admitted, and `.operationCancelled` or `.operationTimedOut` when the
    ///   body threw after a cancel; else the body's error, untouched.
    public func withSlot<Value: Sendable>(
        for kind: OperationKind,
        bytes: Int64? = nil,
        memory: Int,
        name: String,
        client: String = "local",
        priority: OperationPriority = .interactive,
        deadline: Duration? = nil,
        id: OperationID? = nil,
        label: String? = nil,
        onQueued: (@Sendable (Operation) -> Void)? = nil,
        _ body: @escaping @Sendable (Slot) async throws -> Value
    ) async throws -> Value {
        let operation = try self.tracker.begin(
            kind,
            id: id,
            name: name,
            client: client,
            bytesTotal: bytes,
            priority: priority,
            label: label
        )
        onQueued?(operation)
        let slot = try await self.slot(for: operation, memory: memory, deadline: deadline, within: Slot.current)
        // Not a child task: those are cancelled with their parent, and a sealed operation must not be. It is awaited
        // on the next lines, on every path.
        let task = Task { try await Slot.$current.withValue(slot) { try await body(slot) } }
        operation.onCancel { _ in task.cancel() }
        do {
            let value = try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                // Sealed or ended: then there is nothing to stop any more.
                try? operation.cancel(.requested)
            }
            slot.finish(.success(()))
            return value
        } catch {
            slot.finish(.failure(error))
            throw operation.surfaced(error)
        }
    }

    /// Waits for a slot that the caller has to ``Slot/finish(_:)``: for work that outlives the call that admits it.
    ///
    /// Cancelling the task cancels the operation as long as this waits, and not after it returned.
    package func admit(
        for kind: OperationKind,
        bytes: Int64? = nil,
        memory: Int,
        name: String,
        client: String = "local",
        priority: OperationPriority = .interactive,
        deadline: Duration? = nil,
        id: OperationID? = nil,
        onQueued: (@Sendable (Operation) -> Void)? = nil
    ) async throws -> Slot {
        let operation = try self.tracker.begin(
            kind,
            id: id,
            name: name,
            client: client,
            bytesTotal: bytes,
            priority: priority
        )
        onQueued?(operation)
        return try await self.slot(for: operation, memory: memory, deadline: deadline, within: nil)
    }

    func slot(
        for operation: Operation,
        memory: Int,
        deadline: Duration?,
        within host: Slot?
    ) async throws -> Slot {
        let request = AdmissionRequest(
            kind: operation.kind,
            client: operation.client,
            priority: operation.priority,
            memory: max(0, memory),
            waitLimit: deadline ?? self.configuration.queueWaitLimit
        )
        operation.memoryReserved.store(request.memory, ordering: .relaxed)
        do {
            // Cancelled before it came to the queue: it must not push anybody out of there.
            try operation.checkCancellation()
            if let host, host.manager === self, let ticket = try self.enter(request, operation, within: host.ticket) {
                operation.onCancel { [weak self] _ in self?.cancelled(ticket) }
                return try self.start(operation, ticket)
            }
        } catch {
            self.end(operation, .failure(error))
            throw error
        }
        return try await self.wait(for: request, operation)
    }

    private func wait(for request: AdmissionRequest, _ operation: Operation) async throws -> Slot {
        let wait = AdmissionWait()
        let queuedAt = self.timeline.elapsed()
        // Also where it is refused or leaves: it has waited all the same.
        defer { operation.add(.queue, self.timeline.elapsed() - queuedAt) }
        let (ticket, isRefusedAtOnce) = self.enter(request, operation, wait)
        operation.setQueuePosition { [weak self] in self?.state.withLock { $0.queue.position(of: ticket) } }
        operation.onCancel { [weak self] _ in self?.cancelled(ticket) }
        do {
            try await withTaskCancellationHandler {
                try await wait.value()
            } onCancel: {
                // Ended meanwhile: then there is nothing to stop any more.
                try? operation.cancel(.requested)
            }
        } catch {
            self.end(operation, .failure(error), isRemembered: !isRefusedAtOnce)
            throw operation.surfaced(error)
        }
        return try self.start(operation, ticket)
    }

    private func start(_ operation: Operation, _ ticket: AdmissionTicket) throws -> Slot {
        let slot = Slot(operation: operation, manager: self, ticket: ticket)
        do {
            try operation.start()
        } catch {
            slot.finish(.failure(error))
            throw error
        }
        return slot
    }
}
