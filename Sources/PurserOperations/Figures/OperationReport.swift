public import Foundation
public import PurserIdentifiers

/// What is known of an operation once it has ended: for those who measure.
public struct OperationReport: Sendable {
    /// Its id.
    public var id: OperationID
    /// What it counts as: the raw value of its kind, or the name that a user gave the work.
    public var kind: String
    /// What it worked on, for people; never a label.
    public var name: String
    /// For whom.
    public var client: String
    /// How it ended.
    public var state: OperationState
    /// Whether it was refused a slot: such a one has not run, and is neither a success nor a failure of the service.
    public var isRefused: Bool
    /// Whether it is work that takes a slot; what takes none has never waited for one.
    public var takesSlot: Bool
    /// Why it failed, was cancelled or timed out.
    public var error: OperationSnapshot.Failure?
    /// When it was registered.
    public var createdAt: Date
    /// When it ended.
    public var endedAt: Date
    /// How long it waited for its slot; all its time where it never got one.
    public var waited: Duration
    /// How long it held its slot, zero where it never got one; how long it took, where it takes none.
    public var held: Duration
    /// The bytes that it moved.
    public var bytes: Int64
    /// Bytes of memory reserved for it at the end, the most that its buffers could hold: a reservation never shrinks.
    public var memoryReserved: Int
    /// The most bytes of room on the disk that were reserved for it at a time: for its staging file or its scratch.
    public var diskReserved: Int64
    /// How long each of its stages took in all; stages may overlap.
    public var stages: OperationStages
    /// CPU time of its own threads and children, where it could be told apart.
    public var cpuTime: Duration?
    /// Most bytes of RAM that a child of it held.
    public var childrenMaxResidentBytes: Int64?
    /// Bytes of the process in RAM when it started and when it ended, and the most seen between; `nil` where unknown.
    public var residentBytes: ResidentBytes?
    /// Facts that whoever ran it added; of several under one name the last.
    public var metadata: [String: String]

    /// The process's memory over the life of an operation, in bytes.
    public struct ResidentBytes: Sendable, Hashable {
        /// When the operation started.
        public var atStart: Int64
        /// When it ended.
        public var atEnd: Int64
        /// The most that was seen between.
        public var highest: Int64

        /// Describes the process's memory.
        public init(atStart: Int64, atEnd: Int64, highest: Int64) {
            self.atStart = atStart
            self.atEnd = atEnd
            self.highest = highest
        }
    }

    /// Describes an operation that moved nothing and told nothing else.
    public init(
        id: OperationID,
        kind: String,
        name: String,
        client: String = "local",
        state: OperationState,
        isRefused: Bool = false,
        error: OperationSnapshot.Failure? = nil,
        createdAt: Date,
        endedAt: Date,
        waited: Duration,
        held: Duration
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.client = client
        self.state = state
        self.isRefused = isRefused
        self.takesSlot = true
        self.error = error
        self.createdAt = createdAt
        self.endedAt = endedAt
        self.waited = waited
        self.held = held
        self.bytes = 0
        self.memoryReserved = 0
        self.diskReserved = 0
        self.stages = OperationStages()
        self.metadata = [:]
    }
}
