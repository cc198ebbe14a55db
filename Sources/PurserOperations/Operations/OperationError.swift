/// Why an operation is not admitted, not found, or was ended.
public struct OperationError: Error, Sendable {
    /// Stable and public: the `code` of the problem document.
    ///
    /// Never reused with another meaning.
    public enum Code: String, Sendable, CaseIterable {
        /// The queue is full, and this client has its part of it.
        case queueFull = "queue_full"
        /// The operation waited as long as it may, and got no slot.
        case waitExpired = "wait_expired"
        /// The client starts more operations than its rate allows.
        case rateLimited = "rate_limited"
        /// The request alone asks for more memory than the whole budget: it could never run.
        case tooLargeForBudget = "too_large_for_budget"
        /// A running operation asked for more memory than is free; it does not wait, as it holds a slot.
        case memoryUnavailable = "memory_unavailable"
        /// Somebody cancelled the operation.
        case operationCancelled = "operation_cancelled"
        /// The operation made no progress within its time, or was too slow.
        case operationTimedOut = "operation_timed_out"
        /// An operation of this id is alive, or ended and is still remembered.
        case operationExists = "operation_exists"
        /// No operation of this id is alive or remembered.
        case operationNotFound = "operation_not_found"
        /// The operation has ended, or is past the point where it could be stopped.
        case operationEnded = "operation_ended"
        /// The disk has no room for the bytes announced.
        case storeFull = "store_full"
        /// The process holds nearly all the memory it may: only what frees some is admitted.
        case memoryPressure = "memory_pressure"
        /// There are as many scratch files as may be, and none went in time.
        case tempFilesExhausted = "temp_files_exhausted"
        /// Purser stops and takes no new work.
        case shuttingDown = "shutting_down"
    }

    /// What happened, for programs.
    public var code: Code
    /// What happened, for people; may change.
    ///
    /// Says what to do where something can be done.
    public var message: String
    /// When another attempt is worthwhile, where that can be told: 1 to 60 seconds.
    public var retryAfter: Duration?
    /// What led to it; for the log, never for a client.
    public var cause: (any Error)?

    /// Describes a refusal or an end.
    public init(_ code: Code, _ message: String, retryAfter: Duration? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.cause = cause
    }
}

extension OperationError: CustomStringConvertible {
    /// The message, the code, and the cause where there is one.
    public var description: String {
        let reason = self.cause.map { ": \($0)" } ?? ""
        return "\(self.message) (\(self.code.rawValue))\(reason)"
    }
}
