/// The pipelines, as jobs need them: which there are, and how a file goes through one.
public struct JobPipelines: Sendable {
    /// Told how far a file is.
    public typealias Progress = @Sendable (FileProgress) -> Void
    /// Puts a content where its input says that it lies.
    public typealias Fetch = @Sendable () async throws -> Void

    /// Finds a pipeline that can run.
    ///
    /// Throws ``ProcessingError`` `.pipelineNotFound`, `.pipelineUnavailable`.
    public var find: @Sendable (_ name: String) throws -> Pipeline
    /// Takes a file through a pipeline; throws `CancellationError` only.
    ///
    /// The folder is empty, and goes with all that is in it once the results were taken up. The content lies in its place
    /// after it was fetched, which is done once, or never where all results are kept from before.
    public var run:
        @Sendable (
            _ pipeline: Pipeline, _ input: StepInput, _ folder: String, _ journal: StepJournal,
            _ fetch: @escaping Fetch, _ progress: @escaping Progress
        ) async throws -> FileOutcome

    /// Takes the ways to find and to run.
    public init(
        find: @escaping @Sendable (_ name: String) throws -> Pipeline,
        run:
            @escaping @Sendable (
                _ pipeline: Pipeline, _ input: StepInput, _ folder: String, _ journal: StepJournal,
                _ fetch: @escaping Fetch, _ progress: @escaping Progress
            ) async throws -> FileOutcome
    ) {
        self.find = find
        self.run = run
    }
}

extension JobPipelines {
    /// The pipelines of a library.
    ///
    /// - Parameters:
    ///   - library: The pipelines.
    ///   - objection: Why one cannot run now, such as a program that is missing; `nil` where it can. Quick: it is asked for
    ///     each job.
    ///   - execution: How one runs; its longest time for a file is to be that of the service.
    public init(
        _ library: PipelineLibrary,
        objection: @escaping @Sendable (Pipeline) -> String? = { _ in nil },
        execution: @escaping @Sendable (Pipeline) -> PipelineExecution
    ) {
        self.init { name in
            guard let pipeline = library[name] else {
                let names = library.pipelines.map(\.name).joined(separator: ", ")
                throw ProcessingError(
                    .pipelineNotFound,
                    "there is no pipeline '\(name.prefix(64))'; there is \(names.isEmpty ? "none" : names)"
                )
            }
            if let objection = objection(pipeline) { throw ProcessingError(.pipelineUnavailable, objection) }
            return pipeline
        } run: { pipeline, input, folder, journal, fetch, progress in
            try await execution(pipeline).run(input, in: folder, journal: journal, fetch: fetch, progress: progress)
        }
    }
}
