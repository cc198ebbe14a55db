/// What is done about a failure of a step, by its code.
public enum FailureAction: Sendable, Hashable {
    /// The step is tried again by this policy, whether or not the failure says that it is transient; after that the
    /// step's own policy counts.
    case retry(RetryPolicy)
    /// Another step runs in its place.
    case fallback(String)
    /// The file is left as it is and does not count as failed.
    case skip
    /// The file is moved to where bad files lie.
    case quarantine
    /// The whole job ends.
    case abort
    /// The file fails, whatever the step says.
    case fail
}

/// A failure with what it happened to, for handlers.
public struct FailedStep: Sendable {
    /// The pipeline.
    public var pipeline: String
    /// The step within it.
    public var step: String
    /// The step's kind.
    public var uses: String
    /// Tries so far.
    public var attempts: Int
    /// What is wrong.
    public var failure: StepFailure
    /// The file.
    public var input: StepInput
}
