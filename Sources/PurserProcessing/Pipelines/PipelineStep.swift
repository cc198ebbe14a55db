/// One step of a pipeline.
public struct PipelineStep: Sendable {
    /// What it is called within the pipeline: up to 64 small letters, digits, `-` and `_`.
    public var name: String
    /// Its kind: a name of ``StepKinds``.
    public var uses: String
    /// The steps that must have ended before it begins.
    public var needs: [String]
    /// Its share of the file's progress, relative to the others.
    public var weight: Double
    /// What it is told, as the file has it.
    public var with: [String: StepValue]
    /// What it may take for one try.
    public var limits: StepLimits
    /// How it is tried again after a transient failure.
    public var retry: RetryPolicy
    /// What is done when it has failed for good.
    public var onError: ErrorPolicy
    /// How bad its failures are; as they say themselves where it is `nil`.
    public var severity: FailureSeverity?
    /// Whether it runs only in the place of another that has failed.
    public var isFallback: Bool
    /// What does the work.
    public var work: any ProcessingStep

    /// Describes a step.
    public init(
        name: String,
        uses: String,
        needs: [String] = [],
        weight: Double = 1,
        with: [String: StepValue] = [:],
        limits: StepLimits = StepLimits(),
        retry: RetryPolicy = RetryPolicy(),
        onError: ErrorPolicy = .fail,
        severity: FailureSeverity? = nil,
        isFallback: Bool = false,
        work: any ProcessingStep
    ) {
        self.name = name
        self.uses = uses
        self.needs = needs
        self.weight = weight
        self.with = with
        self.limits = limits
        self.retry = retry
        self.onError = onError
        self.severity = severity
        self.isFallback = isFallback
        self.work = work
    }
}

/// What is done when a step has failed for good.
public enum ErrorPolicy: Sendable, Hashable {
    /// The file fails.
    case fail
    /// The file goes on without the step's output.
    case skip
    /// Another step runs in its place, whose output stands under its name too.
    case fallback(String)
}
