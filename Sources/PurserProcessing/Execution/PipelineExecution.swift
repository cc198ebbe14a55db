public import Logging
import PurserOperations

/// Takes files through a pipeline, one at a time or many at the same time.
public struct PipelineExecution: Sendable {
    /// Steps of one file that run at the same time.
    public static let maxParallelSteps = 2

    /// What is done.
    public let pipeline: Pipeline
    let runner: ToolRunner
    let cache: ResultCache?
    let handlers: FailureHandlers
    let disk: StepDisk
    let timeout: Duration?
    let timeline: Timeline
    let random: @Sendable () -> Double
    let logger: Logger
    /// For each step the names of those whose outputs it gets.
    let earlier: [String: Set<String>]

    /// Brings together what the steps need.
    ///
    /// - Parameters:
    ///   - pipeline: What is done.
    ///   - runner: Runs programs.
    ///   - cache: Keeps what steps have made; nothing is kept without one.
    ///   - handlers: What is done about failures where the pipeline says nothing.
    ///   - disk: Does what the execution itself does in the folders of steps.
    ///   - timeout: The longest time for one file, beside the pipeline's own.
    ///   - clock: Measures times and pauses.
    ///   - random: Gives numbers from 0 to 1, for pauses.
    ///   - logger: For what happens beside the report.
    public init(
        pipeline: Pipeline,
        runner: ToolRunner,
        cache: ResultCache? = nil,
        handlers: FailureHandlers = FailureHandlers(),
        disk: StepDisk,
        timeout: Duration? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },
        logger: Logger
    ) {
        self.pipeline = pipeline
        self.runner = runner
        self.cache = cache
        self.handlers = handlers
        self.disk = disk
        self.timeout = timeout
        self.timeline = Timeline(clock)
        self.random = random
        self.logger = logger
        self.earlier = pipeline.earlierSteps()
    }

    /// Takes a file through the pipeline.
    ///
    /// When it returns, no step runs any more. What a step made lies in the folder.
    ///
    /// - Parameters:
    ///   - input: The file; its parameters are those that the job was given.
    ///   - folder: An empty folder of the file's own; it is the caller's to remove.
    ///   - journal: What is known of the file from before.
    ///   - fetch: Puts the content where the input says that it lies: called at most once, before the first step runs that
    ///     has no kept result. What it throws ends the file. Without it, the content lies there.
    ///   - progress: Told how far the file is, from any thread; must not block. Calls from steps that run at the same
    ///     time may overlap.
    /// - Returns: How it ended; failures are a part of it.
    /// - Throws: `CancellationError`, and nothing else.
    @concurrent
    public func run(
        _ input: StepInput,
        in folder: String,
        journal: StepJournal? = nil,
        fetch: (@Sendable () async throws -> Void)? = nil,
        progress: @escaping @Sendable (FileProgress) -> Void = { _ in }
    ) async throws -> FileOutcome {
        let begun = self.timeline.elapsed()
        var outcome: FileOutcome
        do {
            let input = try self.checked(input)
            let source = fetch.map { ContentSource(input.content, fetch: $0) }
            let file = FileRun(self, input, from: source, in: folder, journal: journal, progress: progress)
            outcome = try await file.run()
        } catch let failure as StepFailure {
            outcome = await self.refusal(failure, of: input)
        }
        outcome.duration = self.timeline.elapsed() - begun
        return outcome
    }

    /// What is done about a failure beside retries; `nil` leaves it to the step.
    func action(for failed: FailedStep) async -> FailureAction? {
        if let action = self.pipeline.handlers[failed.failure.code] { return action }
        return await self.handlers.handler(for: failed.failure.code)?(failed)
    }

    /// The longest time for one file.
    var fileLimit: Duration? {
        let limits = [self.pipeline.timeout, self.timeout].compactMap(\.self)
        return limits.min()
    }

    private func checked(_ input: StepInput) throws(StepFailure) -> StepInput {
        guard self.pipeline.accepts(input.contentType) else { throw self.unsupported(input) }
        var input = input
        input.parameters = try self.pipeline.values(of: input.parameters)
        return input
    }

    /// How a file ends that goes through no step.
    private func refusal(_ failure: StepFailure, of input: StepInput) async -> FileOutcome {
        let failed = FailedStep(
            pipeline: self.pipeline.name,
            step: "",
            uses: "",
            attempts: 0,
            failure: failure,
            input: input
        )
        let ending = FileEnding(FailureReport(failure), await self.action(for: failed))
        let steps = self.pipeline.ordinarySteps.map { StepReport($0.name, .notRun) }
        return FileOutcome(state: ending.state, error: ending.error, abortsJob: ending.abortsJob, steps: steps)
    }

    private func unsupported(_ input: StepInput) -> StepFailure {
        StepFailure(
            "unsupported_type",
            "the pipeline \(self.pipeline.name) takes \(self.pipeline.accepts.joined(separator: ", ")); the file is "
                + "said to be something else",
            isRecoverable: true
        )
    }
}
