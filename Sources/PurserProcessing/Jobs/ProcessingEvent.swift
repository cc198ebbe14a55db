import PurserIdentifiers
import PurserOperations

/// Something that people should know: for the monitor of whoever runs the service.
///
/// How long a file took is told by the resource manager: each is an operation to those who measure.
public enum ProcessingEvent: Sendable {
    /// A file has no result.
    case fileFailed(JobFailure)
    /// A job ended.
    case jobEnded(JobDocument)
    /// The end of a job could not be told to its URL, and will not be.
    case callbackFailed(job: String, message: String)
    /// A job that should have started by itself did not.
    case triggerFailed(trigger: String, message: String)
}

/// A file without a result.
public struct JobFailure: Sendable {
    /// The job.
    public var job: String
    /// The pipeline.
    public var pipeline: String
    /// The file.
    public var file: JobFile
    /// Why, and where.
    public var error: FailureReport
}
