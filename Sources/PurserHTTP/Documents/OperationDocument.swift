import Purser
import PurserIdentifiers
import PurserOperations

/// An operation, as the API shows it.
struct OperationDocument: Encodable {
    struct ProgressDocument: Encodable {
        @OrNull var fraction: Double?
        var bytesDone: Int64
        @OrNull var bytesTotal: Int64?
        @OrNull var step: String?
        @OrNull var stepIndex: Int?
        @OrNull var stepCount: Int?
        @OrNull var stepFraction: Double?
        @OrNull var message: String?

        enum CodingKeys: String, CodingKey {
            case fraction, step, message
            case bytesDone = "bytes_done"
            case bytesTotal = "bytes_total"
            case stepIndex = "step_index"
            case stepCount = "step_count"
            case stepFraction = "step_fraction"
        }
    }

    struct FailureDocument: Encodable {
        var code: String
        var message: String
    }

    var id: String
    var kind: String
    var name: String
    var state: String
    var client: String
    var priority: String
    var progress: ProgressDocument
    @OrNull var queuePosition: Int?
    var createdAt: String
    @OrNull var startedAt: String?
    @OrNull var endedAt: String?
    var elapsedSeconds: Double
    @OrNull var estimatedSecondsRemaining: Double?
    @OrNull var error: FailureDocument?

    enum CodingKeys: String, CodingKey {
        case id, kind, name, state, client, priority, progress, error
        case queuePosition = "queue_position"
        case createdAt = "created_at"
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case elapsedSeconds = "elapsed_seconds"
        case estimatedSecondsRemaining = "estimated_seconds_remaining"
    }

    init(_ operation: OperationSnapshot) {
        let progress = operation.progress
        self.id = operation.id.description
        self.kind = operation.kind.rawValue
        self.name = operation.name
        self.state = operation.state.rawValue
        self.client = operation.client
        self.priority = "\(operation.priority)"
        self.progress = ProgressDocument(
            fraction: progress.fraction,
            bytesDone: progress.bytesDone,
            bytesTotal: progress.bytesTotal,
            step: progress.step,
            stepIndex: progress.stepIndex,
            stepCount: progress.stepCount,
            stepFraction: progress.stepFraction,
            message: progress.message
        )
        self.queuePosition = operation.queuePosition
        self.createdAt = operation.createdAt.rfc3339
        self.startedAt = operation.startedAt?.rfc3339
        self.endedAt = operation.endedAt?.rfc3339
        self.elapsedSeconds = operation.elapsed.seconds
        self.estimatedSecondsRemaining = operation.estimatedRemaining?.seconds
        self.error = operation.error.map { FailureDocument(code: $0.code, message: $0.message) }
    }
}

/// A page of operations, the newest first.
struct OperationListDocument: Encodable {
    var operations: [OperationDocument]
    @OrNull var nextCursor: String?

    enum CodingKeys: String, CodingKey {
        case operations
        case nextCursor = "next_cursor"
    }
}

/// What happened to an operation, the oldest first.
struct OperationHistoryDocument: Encodable {
    struct Entry: Encodable {
        var time: String
        var state: String
        @OrNull var step: String?
        @OrNull var message: String?
        @OrNull var fraction: Double?
        var metadata: [String: String]
    }

    var id: String
    var entries: [Entry]

    init(_ id: String, _ entries: [OperationHistoryEntry]) {
        self.id = id
        self.entries = entries.map { entry in
            Entry(
                time: entry.time.rfc3339,
                state: entry.state.rawValue,
                step: entry.step,
                message: entry.message,
                fraction: entry.fraction,
                metadata: entry.metadata
            )
        }
    }
}
