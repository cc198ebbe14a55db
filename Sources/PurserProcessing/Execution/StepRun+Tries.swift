import PurserIdentifiers
import PurserOperations

/// How the tries of a step ended.
enum StepTried: Sendable {
    case done(StepResult)
    case failed(FailedTries)
    case cancelled
}

/// What a step has made.
struct StepResult: Sendable {
    var output: StepOutput
    /// Of the output; `nil` where nobody has asked for it.
    var digest: BlobID?
    var attempts: Int
    var isCached = false
}

/// A failure for good.
struct FailedTries: Sendable {
    var failure: StepFailure
    var attempts: Int
    /// What a handler wants done.
    var action: FailureAction?
}

/// How one try ended.
enum StepAttempt: Sendable {
    case done(StepOutput)
    case failed(StepFailure)
    case cancelled
}

extension StepRun {
    /// Tries until it succeeds, fails for good, or is cancelled.
    func tries() async -> StepTried {
        var attempts = 0
        while true {
            attempts += 1
            let work = self.step.work
            switch await self.attempt("\(attempts)", reads: work.readsContent, { try await work.run($0, $1) }) {
            case .done(let output): return .done(StepResult(output: output, attempts: attempts))
            case .cancelled: return .cancelled
            case .failed(let failure):
                let failed = FailedTries(
                    failure: failure,
                    attempts: attempts,
                    action: await self.action(for: failure, attempts)
                )
                guard let policy = failed.policy(of: self.step), attempts < policy.attempts else {
                    return .failed(failed)
                }
                await self.execution.disk.removeFolder(self.folder("\(attempts)"))
                do {
                    let pause = policy.pause(after: attempts, random: self.execution.random())
                    try await self.execution.timeline.pause(pause)
                } catch {
                    return .cancelled
                }
            }
        }
    }

    /// Does some work once, in a folder of its own and within the limit of the step.
    ///
    /// - Parameters:
    ///   - number: Names the folder.
    ///   - reads: Whether the content of the file has to be in its place.
    ///   - work: What is done.
    /// - Returns: How it ended.
    func attempt(
        _ number: String,
        reads: Bool = true,
        _ work: @escaping @Sendable (StepInput, StepContext) async throws -> StepOutput
    ) async -> StepAttempt {
        let folder = self.folder(number)
        let context = StepContext(
            folder: folder,
            limits: self.step.limits,
            runner: self.execution.runner,
            identity: self.file.journal.map { "\($0.item)/\(self.step.name)" } ?? ""
        ) {
            self.tell($0, $1)
        }
        self.tell(0)
        if reads {
            do {
                try await self.file.source?.fetched()
            } catch {
                return Task.isCancelled ? .cancelled : .failed(.noContent)
            }
        }
        do {
            try await self.execution.disk.makeFolder(folder)
            let input = self.input
            let output = try await withTimeLimit(self.step.limits.time, on: self.execution.timeline) {
                try await work(input, context)
            }
            try await self.execution.disk.check(output, madeIn: folder)
            return .done(output)
        } catch let failure as StepFailure {
            return Task.isCancelled ? .cancelled : .failed(failure)
        } catch is TimeLimitReached {
            return .failed(.tooLong("the step '\(self.step.name)'", self.step.limits.time))
        } catch is CancellationError {
            return Task.isCancelled ? .cancelled : .failed(.stopped(self.step.name))
        } catch {
            return .failed(StepFailure("step_failed", "the step '\(self.step.name)' failed: \(error)"))
        }
    }

    private func action(for failure: StepFailure, _ attempts: Int) async -> FailureAction? {
        // The step is not to blame, so that nothing is to be done in its place.
        if failure.code == StepFailure.noMemoryCode || failure.code == StepFailure.noContent.code { return .fail }
        return await self.execution.action(
            for: FailedStep(
                pipeline: self.execution.pipeline.name,
                step: self.step.name,
                uses: self.step.uses,
                attempts: attempts,
                failure: failure,
                input: self.input
            )
        )
    }

    /// A folder of the step: named by its place in the pipeline, so that no name from outside becomes a path.
    func folder(_ name: String) -> String {
        let number = self.execution.pipeline.steps.firstIndex { $0.name == self.step.name } ?? 0
        return "\(self.file.folder)/\(number)-\(name)"
    }
}

extension FailedTries {
    /// What is done now that nothing is tried again; `nil` leaves it to the step.
    var lastingAction: FailureAction? {
        if case .retry = self.action { nil } else { self.action }
    }

    /// How the step is tried again; `nil` where it is not.
    fileprivate func policy(of step: PipelineStep) -> RetryPolicy? {
        if case .retry(let policy) = self.action { return policy }
        return self.failure.isTransient ? step.retry : nil
    }
}

extension StepFailure {
    /// A step ended itself as if it had been cancelled.
    fileprivate static func stopped(_ step: String) -> StepFailure {
        StepFailure("step_stopped", "the step '\(step)' stopped by itself; try again", isTransient: true)
    }
}

extension Timeline {
    /// Sleeps for a time.
    fileprivate func pause(_ duration: Duration) async throws {
        try await self.sleep(self.elapsed() + duration)
    }
}

extension StepReport {
    /// The most names of files in a report.
    private static let maxOutputs = 100

    /// Takes what the step made.
    mutating func note(_ result: StepResult) {
        self.attempts = result.attempts
        self.isCached = result.isCached
        self.note(result.output)
    }

    /// Takes what was made; findings that are too long for a report are left out.
    mutating func note(_ output: StepOutput) {
        self.outputs = output.files.filter(\.isKept).prefix(Self.maxOutputs).map(\.name)
        self.values = output.values.isShort ? output.values : ["left_out": .string("more than a report takes")]
        self.fallback = self.fallback ?? output.fallback
    }
}
