import PurserIdentifiers
import PurserOperations

/// One file on its way through a pipeline.
struct FileRun: Sendable {
    let execution: PipelineExecution
    let input: StepInput
    /// The content, where it is not in its place yet.
    let source: ContentSource?
    let folder: String
    let journal: StepJournal?
    let meter: FileMeter

    init(
        _ execution: PipelineExecution,
        _ input: StepInput,
        from source: ContentSource?,
        in folder: String,
        journal: StepJournal?,
        progress: @escaping @Sendable (FileProgress) -> Void
    ) {
        self.execution = execution
        self.input = input
        self.source = source
        self.folder = folder
        self.journal = journal
        self.meter = FileMeter(execution.pipeline, progress)
    }

    private enum Event: Sendable {
        case ended(Int, StepEnd)
        case timeIsUp(Duration)
        case timerStopped
    }

    /// Runs the steps until all have ended, one has failed, or the time is over.
    ///
    /// - Throws: `CancellationError`, when nothing runs any more.
    func run() async throws -> FileOutcome {
        let steps = self.execution.pipeline.ordinarySteps
        let numbers = Dictionary(uniqueKeysWithValues: steps.enumerated().map { ($1.name, $0) })
        var schedule = StepSchedule(
            needs: steps.map { $0.needs.compactMap { numbers[$0] } },
            limit: PipelineExecution.maxParallelSteps
        )
        var tally = FileTally()
        await withTaskGroup(of: Event.self) { group in
            if let limit = self.execution.fileLimit {
                group.addTask { await self.timer(limit) }
            }
            while true {
                if tally.ending == nil, !Task.isCancelled {
                    for number in schedule.takeReady() {
                        let run = StepRun(self, steps[number], after: tally)
                        group.addTask { .ended(number, await run.end()) }
                    }
                }
                guard !schedule.running.isEmpty, let event = await group.next() else { break }
                switch event {
                case .ended(let number, let end):
                    schedule.end(number)
                    tally.add(end)
                case .timeIsUp(let limit):
                    tally.end(FileEnding(FailureReport(.tooLong("the file", limit))))
                case .timerStopped:
                    break
                }
                // Whatever the step wanted done about it: there is nothing to work on.
                if self.source?.hasFailed == true, !Task.isCancelled {
                    tally.end(FileEnding(FailureReport(.noContent)))
                }
                if tally.ending != nil { group.cancelAll() }
            }
            group.cancelAll()
        }
        if tally.ending == nil {
            // What had ended before it was cancelled has ended well.
            if tally.isCancelled || (!schedule.isDone && Task.isCancelled) { throw CancellationError() }
            if !schedule.isDone { tally.end(FileEnding(FailureReport(.badPipeline))) }
        }
        return tally.outcome(of: self.execution.pipeline)
    }

    private func timer(_ limit: Duration) async -> Event {
        let timeline = self.execution.timeline
        do {
            try await timeline.sleep(timeline.elapsed() + limit)
            return .timeIsUp(limit)
        } catch {
            return .timerStopped
        }
    }
}

extension StepFailure {
    /// Something took longer than it may.
    static func tooLong(_ what: String, _ limit: Duration) -> StepFailure {
        StepFailure(
            self.timedOutCode,
            "\(what) took longer than \(limit); try a smaller file, or raise the limit in the pipeline"
        )
    }

    /// The content of the file could not be put where steps read it.
    static let noContent = StepFailure(
        "content_unavailable",
        "the content of the file could not be read from the store"
    )

    /// A pipeline made by a program has steps that wait for one another, or for one that is not there.
    static let badPipeline = StepFailure("bad_pipeline", "the steps of the pipeline wait for one another")
}
