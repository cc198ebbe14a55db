/// One kind of work that a pipeline can do on a file: the seam behind which all steps stand.
///
/// A step is made once for each place where a pipeline uses it, when the pipeline is loaded, and then runs for many files
/// at the same time.
public protocol ProcessingStep: Sendable {
    /// The programs that it cannot do without.
    ///
    /// Where one is missing, the pipeline is unavailable, unless it can go on without the step.
    var tools: [Tool] { get }

    /// What belongs to the key under which results are kept, beside content, pipeline and parameters; `nil` where results
    /// must not be kept, as the step does something outside, or as they depend on the name of the file.
    var cacheIdentity: String? { get }

    /// Whether it reads the content of the file itself, and not just what earlier steps made of it.
    ///
    /// Where no step does that has to run, the content is not brought to the disk of the job.
    var readsContent: Bool { get }

    /// Works on one file.
    ///
    /// Whatever it begins has ended when it returns: no process, task or open file stays. Files that it makes lie in the
    /// folder that the context names. Cancelling the task ends it within a second.
    ///
    /// - Parameters:
    ///   - input: The file, and what earlier steps made of it.
    ///   - context: The folder, the limits, the runner of tools, and where to tell progress.
    /// - Returns: What it found and made.
    /// - Throws: ``StepFailure`` for what is wrong with the file or a tool; `CancellationError`.
    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput
}

extension ProcessingStep {
    /// None.
    public var tools: [Tool] { [] }

    /// Nothing beside what it is told.
    public var cacheIdentity: String? { "" }

    /// It does, unless it says otherwise.
    public var readsContent: Bool { true }
}
