public import Foundation
public import PurserIdentifiers

/// An operation as it stood at one moment.
public struct OperationSnapshot: Sendable, Equatable, Identifiable {
    /// How far an operation is.
    public struct Progress: Sendable, Equatable {
        /// How much is done, 0 to 1; never goes back; 0 while nothing is known, 1 once it succeeded.
        public var fraction: Double
        /// The bytes moved so far.
        public var bytesDone: Int64
        /// The bytes to move in all, where known.
        public var bytesTotal: Int64?
        /// The step at work.
        public var step: String?
        /// The step's place among the steps, from zero.
        public var stepIndex: Int?
        /// How many steps there are, where they were announced.
        public var stepCount: Int?
        /// How much of the step is done, 0 to 1, where known.
        public var stepFraction: Double?
        /// What the operation said last.
        public var message: String?
    }

    /// The error that ended an operation.
    public struct Failure: Sendable, Hashable {
        /// Stable and public.
        public var code: String
        /// For people.
        public var message: String

        /// Describes a failure.
        public init(code: String, message: String) {
            self.code = code
            self.message = message
        }
    }

    /// The operation's id.
    public var id: OperationID
    /// What it does.
    public var kind: OperationKind
    /// What it works on, for people.
    public var name: String
    /// For whom: an access key, else a remote address, else `local`.
    public var client: String
    /// The class in which it was to wait; ageing does not change it.
    public var priority: OperationPriority
    /// Where it stands.
    public var state: OperationState
    /// How far it is.
    public var progress: Progress
    /// How many operations would go before it were nothing to change, plus one; only while it waits in the queue.
    public var queuePosition: Int?
    /// When it was registered.
    public var createdAt: Date
    /// When it got its slot.
    public var startedAt: Date?
    /// When it ended.
    public var endedAt: Date?
    /// The time since it was registered, up to its end.
    public var elapsed: Duration
    /// How long it will still take at its present rate; absent until there is evidence, and once it ended.
    public var estimatedRemaining: Duration?
    /// Why it failed, was cancelled or timed out.
    public var error: Failure?
}

extension OperationSnapshot {
    /// Describes an operation that no tracker knows: it waits as a row, or is remembered as one.
    package init(
        id: OperationID,
        kind: OperationKind,
        name: String,
        client: String,
        priority: OperationPriority,
        state: OperationState,
        progress: Progress,
        createdAt: Date,
        startedAt: Date?,
        endedAt: Date?,
        elapsed: Duration,
        error: Failure?
    ) {
        self.init(
            id: id,
            kind: kind,
            name: name,
            client: client,
            priority: priority,
            state: state,
            progress: progress,
            queuePosition: nil,
            createdAt: createdAt,
            startedAt: startedAt,
            endedAt: endedAt,
            elapsed: elapsed,
            estimatedRemaining: nil,
            error: error
        )
    }
}

extension OperationSnapshot.Progress {
    /// Describes how far something is that no tracker knows.
    package init(fraction: Double) {
        self.init(
            fraction: fraction,
            bytesDone: 0,
            bytesTotal: nil,
            step: nil,
            stepIndex: nil,
            stepCount: nil,
            stepFraction: nil,
            message: nil
        )
    }
}
