public import Foundation
public import PurserIdentifiers
import Synchronization

/// Knows all operations that are alive and the last that ended, and tells observers how they come along.
///
/// Nothing here waits for an observer: a change sets a flag, and the observer fetches the state when it comes to it.
public final class ProgressTracker: Sendable {
    private let registry: Mutex<OperationRegistry>
    private let timeline: Timeline
    private let now: @Sendable () -> Date
    private let configuration: ProgressConfiguration
    private let hub = UpdateHub()
    private let onEnd: (@Sendable (OperationReport) -> Void)?

    /// Makes a tracker that knows nothing yet.
    ///
    /// - Parameters:
    ///   - clock: Measures how long things take.
    ///   - now: Tells the date that documents show.
    ///   - configuration: What is remembered.
    ///   - onEnd: Told of every operation that ends, in the task that ends it; must be quick and must not wait.
    public init(
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        configuration: ProgressConfiguration = ProgressConfiguration(),
        onEnd: (@Sendable (OperationReport) -> Void)? = nil
    ) {
        self.registry = Mutex(OperationRegistry(configuration))
        self.timeline = Timeline(clock)
        self.now = now
        self.configuration = configuration
        self.onEnd = onEnd
    }

    /// Registers an operation, queued.
    ///
    /// - Parameters:
    ///   - kind: What it does.
    ///   - id: Its id; one is made where there is none. An id is taken while an operation of that id is alive or
    ///     remembered, unless that one was refused without having run: a client may try again under the same id.
    ///   - name: What it works on, for people.
    ///   - client: For whom.
    ///   - bytesTotal: The bytes to move, where known.
    ///   - priority: The class in which it waits.
    ///   - label: What it is counted as; its kind where there is none.
    /// - Returns: The operation, to be started and finished by the one who runs it.
    /// - Throws: ``OperationError`` `.operationExists`.
    public func begin(
        _ kind: OperationKind,
        id: OperationID? = nil,
        name: String,
        client: String = "local",
        bytesTotal: Int64? = nil,
        priority: OperationPriority = .interactive,
        label: String? = nil
    ) throws(OperationError) -> Operation {
        try self.begin(
            kind,
            id: id,
            name: name,
            client: client,
            bytesTotal: bytesTotal,
            priority: priority,
            label: label,
            isMeasured: true
        )
    }

    /// Registers an operation, queued; without `isMeasured`, those who measure are not told of its end.
    ///
    /// For work that holds no slot and whose pieces are measured instead.
    package func begin(
        _ kind: OperationKind,
        id: OperationID?,
        name: String,
        client: String,
        bytesTotal: Int64? = nil,
        priority: OperationPriority,
        label: String? = nil,
        isMeasured: Bool
    ) throws(OperationError) -> Operation {
        let context = OperationContext(
            timeline: self.timeline,
            now: self.now,
            configuration: self.configuration,
            hub: self.hub,
            ended: { [weak self] in self?.end($0, isRemembered: $1, isMeasured: isMeasured) }
        )
        let id = id ?? self.makeID()
        let operation = try self.registry.withLock { registry throws(OperationError) in
            try registry.add(id) { sequence in
                Operation(
                    id: id,
                    kind: kind,
                    name: name,
                    client: client,
                    priority: priority,
                    label: label,
                    bytesTotal: bytesTotal,
                    sequence: sequence,
                    context: context
                )
            }
        }
        self.hub.mark(operation)
        return operation
    }

    /// Makes an operation that nobody sees: a piece of another, which shows for both.
    ///
    /// - Parameters:
    ///   - operation: The one of which it is a piece.
    ///   - name: What the piece works on; without one it has the name of the whole, and nobody is told of its end.
    /// - Returns: An operation, queued, of the same kind, client and priority; it is neither listed nor remembered.
    func makePiece(of operation: Operation, name: String? = nil) -> Operation {
        let isMeasured = name != nil
        let context = OperationContext(
            timeline: self.timeline,
            now: self.now,
            configuration: self.configuration,
            hub: UpdateHub(),
            ended: { [weak self] piece, _ in
                if isMeasured { self?.onEnd?(piece.report) }
            }
        )
        return Operation(
            id: self.makeID(),
            kind: operation.kind,
            name: name ?? operation.name,
            client: operation.client,
            priority: operation.priority,
            label: operation.label,
            bytesTotal: nil,
            sequence: 0,
            context: context
        )
    }

    /// An operation that is alive or remembered.
    public func operation(_ id: OperationID) -> Operation? {
        self.registry.withLock { $0.operations[id] }
    }

    /// How an operation stands.
    public func snapshot(_ id: OperationID) -> OperationSnapshot? {
        self.operation(id)?.snapshot
    }

    /// What an operation went through, oldest first.
    ///
    /// - Parameters:
    ///   - id: The operation.
    ///   - limit: How many entries at most, the newest; all that are kept where there is none.
    /// - Returns: `nil` when there is no such operation.
    public func history(_ id: OperationID, limit: Int? = nil) -> [OperationHistoryEntry]? {
        guard let history = self.operation(id)?.history else { return nil }
        return Array(history.suffix(max(0, limit ?? .max)))
    }

    /// The operations that are alive or remembered, newest first.
    ///
    /// - Parameters:
    ///   - state: Only those that stand so.
    ///   - kind: Only those that do this.
    ///   - limit: How many at most.
    ///   - cursor: The last of the page before; when it is no longer remembered, the page is empty.
    /// - Returns: The page, and the cursor for the next one where there may be more.
    public func list(
        state: OperationState? = nil,
        kind: OperationKind? = nil,
        limit: Int,
        after cursor: OperationID? = nil
    ) -> (snapshots: [OperationSnapshot], next: OperationID?) {
        guard limit > 0 else { return ([], nil) }
        let operations = self.registry.withLock { $0.newestFirst(after: cursor) }
        var page: [OperationSnapshot] = []
        for operation in operations where kind == nil || operation.kind == kind {
            guard state == nil || operation.state == state else { continue }
            guard page.count < limit else { return (page, page.last?.id) }
            page.append(operation.snapshot)
        }
        return (page, nil)
    }

    /// Asks an operation to stop.
    ///
    /// - Throws: ``OperationError`` `.operationNotFound`; `.operationEnded` when it has ended or is past its seal.
    public func cancel(_ id: OperationID, _ reason: CancellationReason = .requested) throws(OperationError) {
        guard let operation = self.operation(id) else {
            throw OperationError(.operationNotFound, "no operation with the id \(id) is alive or remembered")
        }
        try operation.cancel(reason)
    }

    /// Asks all operations that are alive to stop; those past their seal go on.
    public func cancelAll(_ reason: CancellationReason) {
        for operation in self.live {
            // Ended or sealed meanwhile: then there is nothing to stop.
            try? operation.cancel(reason)
        }
    }

    /// Observes one operation; `nil` when there is no such.
    public func updates(of id: OperationID) -> OperationUpdates? {
        self.operation(id)?.updates
    }

    /// Observes all operations, from now on.
    public func updates() -> AllOperationUpdates {
        let updates = AllOperationUpdates(hub: self.hub, timeline: self.timeline, configuration: self.configuration)
        for operation in self.live { operation.arm() }
        return updates
    }

    /// Ends what ``updates()`` gave out and will give out, so that no stream holds up the stop.
    ///
    /// Observers of one operation are not ended: their operation ends first.
    public func endUpdates() {
        self.hub.end()
    }

    private var live: [Operation] {
        let operations = self.registry.withLock { Array($0.operations.values) }
        return operations.filter { !$0.state.isFinal }
    }

    private func makeID() -> OperationID { OperationID(at: self.now()) }

    private func end(_ operation: Operation, isRemembered: Bool, isMeasured: Bool) {
        let old = self.registry.withLock { $0.end(operation, isRemembered: isRemembered) }
        old?.progress.withLock { $0.forgetHistory() }
        if isMeasured { self.onEnd?(operation.report) }
    }
}
