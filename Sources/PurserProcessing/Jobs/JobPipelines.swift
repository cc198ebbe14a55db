/// The pipelines, as jobs need them: which there are, and how a file goes through one.
public struct JobPipelines: Sendable {
    /// Told how far a file is.
    public typealias Progress = @Sendable (FileProgress) -> Void

    /// Finds a pipeline that can run.
    ///
    /// Throws ``ProcessingError`` `.pipelineNotFound`, `.pipelineUnavailable`.
    public var find: @Sendable (_ name: String) throws -> Pipeline
    /// Takes a file through a pipeline; throws `CancellationError` only.
    ///
    /// The folder is empty but for the file itself, and goes with all that is in it once the results were taken up.
    public var run:
        @Sendable (
            _ pipeline: Pipeline, _ input: StepInput, _ folder: String, _ journal: StepJournal,
            _ progress: @escaping Progress
        ) async throws -> FileOutcome

    /// Takes the ways to find and to run.
    public init(
        find: @escaping @Sendable (_ name: String) throws -> Pipeline,
        run:
            @escaping @Sendable (
                _ pipeline: Pipeline, _ input: StepInput, _ folder: String, _ journal: StepJournal,
                _ progress: @escaping Progress
            ) async throws -> FileOutcome
    ) {
        self.find = find
        self.run = run
    }
}
