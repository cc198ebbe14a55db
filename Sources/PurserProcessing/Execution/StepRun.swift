import PurserIdentifiers
import PurserOperations

/// A step on its way with one file: tries, what is kept from before, and what is done when it fails.
struct StepRun: Sendable {
    let file: FileRun
    /// What does the work.
    let step: PipelineStep
    /// The ordinary step whose share of the progress it has.
    let place: String
    let input: StepInput
    /// Digests of what the input has from earlier steps.
    let digests: [String: BlobID]
    /// The steps that have failed in this place, this one not included: what stands in runs once.
    let failed: Set<String>

    /// Prepares an ordinary step.
    init(_ file: FileRun, _ step: PipelineStep, after tally: FileTally) {
        let earlier = file.execution.earlier[step.name] ?? []
        self.file = file
        self.step = step
        self.place = step.name
        self.digests = tally.digests.filter { earlier.contains($0.key) }
        self.failed = []
        var input = file.input
        input.earlier = tally.outputs.filter { earlier.contains($0.key) }
        self.input = input
    }

    /// Prepares a step that stands in for one that has failed, and gets what that one got.
    private init(_ step: PipelineStep, for other: StepRun) {
        self.file = other.file
        self.step = step
        self.place = other.place
        self.input = other.input
        self.digests = other.digests
        self.failed = other.failed.union([other.step.name])
    }

    var execution: PipelineExecution { self.file.execution }

    /// Does the step, whatever it takes.
    func end() async -> StepEnd {
        let begun = self.execution.timeline.elapsed()
        let usage = StepUsage()
        let tried = await StepUsage.$current.withValue(usage) { await self.result() }
        var report = StepReport(self.step.name, .succeeded)
        report.duration = self.execution.timeline.elapsed() - begun
        (report.cpuTime, report.peakMemory) = usage.sum
        switch tried {
        case .done(let result):
            report.note(result)
            self.tell(1)
            return StepEnd(
                verdict: .output(result.output, result.digest),
                names: [self.step.name],
                reports: [report]
            )
        case .failed(let failure):
            report.attempts = failure.attempts
            report.error = FailureReport(failure.failure, step: self.step.name, severity: self.step.severity)
            return await self.end(after: failure, report)
        case .cancelled:
            report.state = .cancelled
            return StepEnd(verdict: .cancelled, names: [], reports: [report])
        }
    }

    /// Does what is to be done after a failure for good.
    private func end(after failed: FailedTries, _ report: StepReport) async -> StepEnd {
        var report = report
        guard let error = report.error else { preconditionFailure("a failed step has an error") }
        let action = failed.lastingAction
        let standIn: String? =
            switch (action, self.step.onError) {
            case (.fallback(let name), _): name
            case (nil, .fallback(let name)): name
            default: nil
            }
        if let standIn, let step = self.standIn(standIn) {
            report.fallback = standIn
            return await StepRun(step, for: self).end().replacing(report)
        }
        if action == nil, let fallback = self.execution.handlers.fallback(for: self.step) {
            return await self.end(with: fallback, after: failed, report)
        }
        if action == nil, self.step.onError == .skip {
            report.state = .skipped
            self.tell(1)
            return StepEnd(verdict: .without, names: [], reports: [report])
        }
        report.state = .failed
        return StepEnd(verdict: .ends(FileEnding(error, action)), names: [], reports: [report])
    }

    /// A step that may stand in here; `nil` where it has been tried, or is none that stands in.
    private func standIn(_ name: String) -> PipelineStep? {
        guard name != self.step.name, !self.failed.contains(name) else { return nil }
        return self.execution.pipeline.step(name).flatMap { $0.isFallback ? $0 : nil }
    }

    /// Has a program that uses Purser do the step's work.
    private func end(
        with fallback: @escaping FailureHandlers.Fallback,
        after failed: FailedTries,
        _ report: StepReport
    ) async -> StepEnd {
        var report = report
        report.fallback = "registered"
        let result = await self.attempt("registered") { input, context in
            try await fallback(input, context, failed.failure)
        }
        switch result {
        case .done(let output):
            report.state = .replaced
            report.note(output)
            self.tell(1)
            let digest = await self.execution.cache?.digest(of: output)
            return StepEnd(verdict: .output(output, digest), names: [self.step.name], reports: [report])
        case .failed(let failure):
            let error = FailureReport(failure, step: self.step.name, severity: self.step.severity)
            report.state = .failed
            report.error = error
            return StepEnd(verdict: .ends(FileEnding(error)), names: [], reports: [report])
        case .cancelled:
            report.state = .cancelled
            return StepEnd(verdict: .cancelled, names: [], reports: [report])
        }
    }

    func tell(_ fraction: Double, _ message: String? = nil) {
        self.file.meter.tell(self.place, fraction, message, by: self.step.name)
    }
}

extension StepEnd {
    /// The end of a step whose work another did, which ended so.
    fileprivate func replacing(_ report: StepReport) -> StepEnd {
        var (end, report) = (self, report)
        switch end.verdict {
        case .output:
            report.state = .replaced
            end.names.append(report.name)
        case .without: report.state = .skipped
        case .ends: report.state = .failed
        case .cancelled: report.state = .cancelled
        }
        end.reports.append(report)
        return end
    }
}
