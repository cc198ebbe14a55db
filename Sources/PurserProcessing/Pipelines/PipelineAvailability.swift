/// Whether files can go through a pipeline now, by what its steps say of their programs.
public struct PipelineAvailability: Sendable, Hashable {
    /// Why none can; empty where they can.
    public private(set) var obstacles: [String] = []
    /// What is missing all the same, and what is done without it; empty where nothing is.
    public private(set) var warnings: [String] = []

    /// The obstacles in one line; `nil` where there are none.
    public var reason: String? { self.obstacles.isEmpty ? nil : self.obstacles.joined(separator: "; ") }

    /// Looks at the steps of a pipeline.
    ///
    /// A step that cannot run is an obstacle, unless the pipeline goes on without it: another step stands in for it that
    /// can run, a program that uses the library has registered something for it, or `on_error` lets it be left out.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - handlers: What is registered for failures.
    ///   - lacks: Why a step cannot run now; nothing where it can.
    public init(
        of pipeline: Pipeline,
        handlers: FailureHandlers = FailureHandlers(),
        lacks: (PipelineStep) -> [StepFailure]
    ) {
        var seen: Set<String> = []
        let missing = Dictionary(uniqueKeysWithValues: pipeline.steps.map { ($0.name, lacks($0)) })
        let ways = StepWays(pipeline: pipeline, handlers: handlers, missing: missing)
        for step in pipeline.steps {
            guard let failures = missing[step.name], let code = failures.first?.code else { continue }
            let way = ways.way(around: step, code)
            for message in failures.map(\.message) {
                switch way {
                case nil where !step.isFallback:
                    if seen.insert(message).inserted { self.obstacles.append(message) }
                case .standIn(let name): self.warnings.append("'\(name)' stands in for '\(step.name)': \(message)")
                case .registered: self.warnings.append("what is registered stands in for '\(step.name)': \(message)")
                case .without: self.warnings.append("files go on without '\(step.name)': \(message)")
                case nil: self.warnings.append("'\(step.name)' cannot stand in for another step: \(message)")
                }
            }
        }
    }
}

/// What is done where a step of a pipeline cannot run.
private struct StepWays {
    enum Way {
        case standIn(String)
        case registered
        case without
    }

    let pipeline: Pipeline
    let handlers: FailureHandlers
    let missing: [String: [StepFailure]]

    /// What is done in the place of a step that fails with a code.
    ///
    /// - Parameters:
    ///   - step: The step.
    ///   - code: Of its failure.
    ///   - failed: The steps that have failed in this place before.
    /// - Returns: The way; `nil` where the file fails.
    func way(around step: PipelineStep, _ code: String, after failed: Set<String> = []) -> Way? {
        let failed = failed.union([step.name])
        var next: String?
        switch (self.pipeline.handlers[code], step.onError) {
        case (.fallback(let name)?, _), (nil, .fallback(let name)), (.retry?, .fallback(let name)): next = name
        case (nil, _), (.retry?, _): break
        case (.skip?, _), (.quarantine?, _), (.abort?, _), (.fail?, _): return nil
        }
        if let next {
            guard let other = self.pipeline.step(next), other.isFallback, !failed.contains(next) else { return nil }
            guard let code = self.missing[next]?.first?.code else { return .standIn(next) }
            return self.way(around: other, code, after: failed)
        }
        if self.handlers.fallback(for: step) != nil { return .registered }
        return step.onError == .skip ? .without : nil
    }
}
