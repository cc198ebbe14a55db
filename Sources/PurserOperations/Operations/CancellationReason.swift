/// Why an operation is to end before it is done.
public enum CancellationReason: String, Sendable, Hashable {
    /// Somebody asked for it: a person, a program, or the task that waited for the operation.
    case requested
    /// The client went away.
    case disconnected
    /// Purser stops.
    case shutdown
    /// It made no progress within its time, or was too slow; ends as ``OperationState/timedOut``.
    case timedOut

    /// The state in which an operation ends that was cancelled for this reason.
    public var finalState: OperationState {
        self == .timedOut ? .timedOut : .cancelled
    }

    /// What the caller of a cancelled operation gets.
    var error: OperationError {
        switch self {
        case .requested: OperationError(.operationCancelled, "the operation was cancelled")
        case .disconnected: OperationError(.operationCancelled, "the client went away")
        case .shutdown: OperationError(.shuttingDown, "cancelled, as the service stops; try again soon")
        case .timedOut: OperationError(.operationTimedOut, "the operation made too little progress")
        }
    }
}
