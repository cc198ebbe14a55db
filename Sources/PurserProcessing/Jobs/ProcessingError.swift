public import PurserOperations

/// Why the service does not do what it was asked.
public struct ProcessingError: Error, Sendable, Equatable {
    /// Stable and public: the `code` of the problem document.
    public enum Code: String, Sendable, CaseIterable {
        /// There is no pipeline of that name.
        case pipelineNotFound = "pipeline_not_found"
        /// The pipeline cannot run here: the message names what it lacks.
        case pipelineUnavailable = "pipeline_unavailable"
        /// The request contradicts itself, or gives a parameter that the pipeline does not take.
        case invalidJob = "invalid_job"
        /// More files than a job takes.
        case tooManyInputs = "too_many_inputs"
        /// The key stands for another request already.
        case idempotencyConflict = "idempotency_conflict"
        /// There is no job of that id, or it was forgotten.
        case jobNotFound = "job_not_found"
        /// The job has ended.
        case jobEnded = "job_ended"
    }

    /// What is wrong, for programs.
    public var code: Code
    /// What is wrong, for people; may change.
    public var message: String

    /// Describes a refusal.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension ProcessingError: OperationFailure {
    /// The code's stable name.
    public var failureCode: String { self.code.rawValue }
    /// The message.
    public var failureMessage: String { self.message }
}
