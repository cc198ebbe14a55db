import PurserIdentifiers

/// What the steps of a file have made so far.
struct FileTally: Sendable {
    /// Why the file does not succeed: the first reason counts.
    private(set) var ending: FileEnding?
    /// Whether a step was cancelled.
    private(set) var isCancelled = false
    /// What steps made, by their names; of what stood in for a step, by both names.
    private(set) var outputs: [String: StepOutput] = [:]
    /// Digests of ``outputs``, where they are known.
    private(set) var digests: [String: BlobID] = [:]
    private var reports: [String: StepReport] = [:]
    private var kept: [StepFile] = []
    private var keptNames: Set<String> = []

    /// Ends the file.
    mutating func end(_ ending: FileEnding) {
        self.ending = self.ending ?? ending
    }

    /// Takes what became of a step.
    mutating func add(_ end: StepEnd) {
        for report in end.reports { self.reports[report.name] = report }
        switch end.verdict {
        case .output(let output, let digest):
            for name in end.names {
                self.outputs[name] = output
                self.digests[name] = digest
            }
            self.keep(output.files.filter(\.isKept), of: end)
        case .without: break
        case .cancelled: self.isCancelled = true
        case .ends(let ending): self.end(ending)
        }
    }

    private mutating func keep(_ files: [StepFile], of end: StepEnd) {
        for file in files {
            guard self.keptNames.insert(file.name).inserted else {
                let failure = StepFailure(
                    "duplicate_output",
                    "two steps make a file '\(file.name)': give one of them another name in the pipeline"
                )
                self.end(FileEnding(FailureReport(failure, step: end.names.first)))
                continue
            }
            self.kept.append(file)
        }
    }

    /// How the file ended, but for the time that it took.
    func outcome(of pipeline: Pipeline) -> FileOutcome {
        let steps = pipeline.steps.compactMap { step in
            self.reports[step.name] ?? (step.isFallback ? nil : StepReport(step.name, .notRun))
        }
        let worked = steps.filter { $0.state == .succeeded }
        return FileOutcome(
            state: self.ending?.state ?? .succeeded,
            error: self.ending?.error,
            abortsJob: self.ending?.abortsJob ?? false,
            steps: steps,
            outputs: self.ending == nil ? self.kept : [],
            isCached: !worked.isEmpty && steps.allSatisfy { $0.state == .succeeded && $0.isCached }
        )
    }
}

/// What became of a step.
struct StepEnd: Sendable {
    enum Verdict: Sendable {
        /// What it made, and the digest of that where it is known.
        case output(StepOutput, BlobID?)
        /// Nothing; the file goes on.
        case without
        /// The file does not go on.
        case ends(FileEnding)
        case cancelled
    }

    var verdict: Verdict
    /// The names under which later steps find what it made: its own, and those of what stood in for it.
    var names: [String]
    /// Of it and of what stood in for it.
    var reports: [StepReport]
}
