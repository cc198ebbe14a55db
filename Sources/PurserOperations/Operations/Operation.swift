public import Foundation
public import PurserIdentifiers
import Synchronization

/// One operation: what it is, how far it is, and whether it is to stop.
///
/// May be used from anywhere; nothing here waits. ``advance(bytes:)`` is for every chunk of bytes, the rest is for
/// what happens rarely.
///
/// ```swift
/// operation.begin("convert")
/// for (index, page) in pages.enumerated() {
///     try operation.checkCancellation()
///     convert(page)
///     operation.update(fraction: Double(index + 1) / Double(pages.count), message: "page \(index + 1)")
/// }
/// ```
///
/// Where Foundation is imported too, the type is written `PurserOperations.Operation`.
public final class Operation: Sendable {
    /// The operation's id.
    public let id: OperationID
    /// What it does.
    public let kind: OperationKind
    /// What it works on, for people.
    public let name: String
    /// For whom.
    public let client: String
    /// The class in which it waits.
    public let priority: OperationPriority
    /// What it is counted as: the name of its kind, unless whoever began it gave another.
    public let label: String
    /// When it was registered.
    public let createdAt: Date

    /// Its place among all operations of the tracker.
    let sequence: UInt64
    let context: OperationContext
    let progress: Mutex<ProgressState>
    let signals = Mutex<[ObjectIdentifier: UpdateSignal]>([:])
    let bytes = Atomic<Int64>(0)
    /// Bytes of memory reserved for it.
    let memoryReserved = Atomic<Int>(0)
    /// The most bytes of room on the disk that were reserved for it at a time.
    let diskReserved = Atomic<Int64>(0)
    /// Nanoseconds of CPU of threads and children that worked for it alone.
    let cpuNanoseconds = Atomic<Int64>(0)
    /// Most bytes of RAM that a child held which worked for it.
    let childrenMaxResident = Atomic<Int64>(0)
    /// Counts what is no byte and yet progress.
    let reports = Atomic<Int64>(0)
    /// Whether an observer wants to hear of the next change.
    ///
    /// One flag, so that unobserved work pays one load.
    let isArmed: Atomic<Bool>
    let isCancelAsked = Atomic<Bool>(false)
    let stageTimes = StageTimes()

    init(
        id: OperationID,
        kind: OperationKind,
        name: String,
        client: String,
        priority: OperationPriority,
        label: String?,
        bytesTotal: Int64?,
        sequence: UInt64,
        context: OperationContext
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.client = client
        self.priority = priority
        self.label = label ?? kind.rawValue
        self.sequence = sequence
        self.context = context
        self.createdAt = context.now()
        self.isArmed = Atomic(context.hub.isObserved)
        self.progress = Mutex(
            ProgressState(
                bytesTotal: bytesTotal.map { max(0, $0) },
                historyLimit: context.configuration.historyLimit,
                at: context.timeline.elapsed(),
                date: self.createdAt
            )
        )
    }

    /// Where it stands.
    public var state: OperationState { self.progress.withLock { $0.state } }

    /// The bytes to move in all, where known.
    public var bytesTotal: Int64? {
        get { self.progress.withLock { $0.bytesTotal } }
        set {
            self.progress.withLock { $0.bytesTotal = newValue.map { max(0, $0) } }
            self.reportChange()
        }
    }

    /// The bytes moved so far.
    public var bytesDone: Int64 { self.bytes.load(ordering: .sequentiallyConsistent) }

    /// Announces the steps, in order.
    ///
    /// Steps announced later replace them; the fraction keeps what it has reached.
    public func setSteps(_ steps: [OperationStep]) {
        self.progress.withLock { $0.announce(steps) }
        self.reportChange()
    }

    /// Says which step is at work now; the steps announced before it count as done.
    ///
    /// A name that was not announced is shown, and adds nothing to the fraction.
    public func begin(_ step: String) {
        let date = self.context.now()
        self.progress.withLock { $0.begin(step: step, bytesDone: self.bytesDone, date: date) }
        self.reportChange()
    }

    /// Says that more bytes were moved.
    ///
    /// Costs an atomic addition; may be called for every chunk.
    ///
    /// - Parameter bytes: How many more; what is not above zero is ignored.
    public func advance(bytes: Int) {
        guard bytes > 0 else { return }
        self.bytes.wrappingAdd(Int64(bytes), ordering: .sequentiallyConsistent)
        self.notifyIfArmed()
    }

    /// Says how the operation comes along.
    ///
    /// Changes nothing once it has ended.
    ///
    /// - Parameters:
    ///   - fraction: How much of the step is done (of the whole, where no step began), 0 to 1; cut to that range.
    ///   - message: What it does, for people; a change of it is kept in the history.
    ///   - metadata: Facts kept with the entry of the history; where there are some, there is an entry.
    public func update(fraction: Double? = nil, message: String? = nil, metadata: [String: String] = [:]) {
        // The date is read only where an entry may need it.
        let date = message == nil && metadata.isEmpty ? self.createdAt : self.context.now()
        self.progress.withLock {
            $0.update(
                fraction: fraction,
                message: message,
                metadata: metadata,
                bytesDone: self.bytesDone,
                date: date
            )
        }
        self.reportChange()
    }

    /// The operation as it stands.
    ///
    /// Also the moment at which its rate is measured.
    public var snapshot: OperationSnapshot {
        let now = self.context.timeline.elapsed()
        let bytesDone = self.bytesDone
        var (snapshot, queuePosition) = self.progress.withLock { state in
            state.sample(bytesDone: bytesDone, at: now)
            let snapshot = OperationSnapshot(
                id: self.id,
                kind: self.kind,
                name: self.name,
                client: self.client,
                priority: self.priority,
                state: state.state,
                progress: state.progress(bytesDone: bytesDone),
                queuePosition: nil,
                createdAt: self.createdAt,
                startedAt: state.startedAt,
                endedAt: state.endedAt,
                elapsed: state.elapsed(at: now),
                estimatedRemaining: state.estimatedRemaining,
                error: state.failure
            )
            return (snapshot, state.queuePosition)
        }
        // The queue has a lock of its own, which is never taken within this one.
        snapshot.queuePosition = queuePosition?()
        return snapshot
    }

    /// The last changes of state, step and message, oldest first.
    public var history: [OperationHistoryEntry] { self.progress.withLock { Array($0.history) } }
}
