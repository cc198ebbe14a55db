/// Where an operation stands: `queued → running → succeeded | failed | cancelled | timed_out`.
///
/// A queued operation may also end at once, without ever having run.
public enum OperationState: String, Sendable, CaseIterable, Codable {
    /// Waits for a slot and memory.
    case queued
    /// Holds a slot.
    case running
    /// Did what it was to do.
    case succeeded
    /// Ended by an error, or was refused.
    case failed
    /// Ended because somebody asked for it.
    case cancelled
    /// Ended because it made no progress, or was too slow.
    case timedOut = "timed_out"

    /// Whether the operation has ended; a final state never changes.
    public var isFinal: Bool {
        switch self {
        case .queued, .running: false
        case .succeeded, .failed, .cancelled, .timedOut: true
        }
    }
}
