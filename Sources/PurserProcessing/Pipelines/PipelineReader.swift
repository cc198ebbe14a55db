import PurserOperations

/// Reads one pipeline and finds all that is wrong with it.
struct PipelineReader {
    /// The most steps of a pipeline.
    static let maxSteps = 64
    /// The most parameters.
    static let maxParameters = 64

    private let root: StepSettings
    private let file: String
    private let kinds: StepKinds

    /// Reads a pipeline.
    ///
    /// - Parameters:
    ///   - text: YAML.
    ///   - file: What it is called in problems.
    ///   - kinds: The kinds of steps that there are.
    /// - Returns: The pipeline, all checked.
    /// - Throws: ``PipelineProblems``, all that there are.
    static func read(_ text: String, file: String, kinds: StepKinds) throws(PipelineProblems) -> Pipeline {
        let values: PipelineText
        do throws(StepSettingProblem) {
            values = try PipelineText(text)
        } catch {
            throw PipelineProblems(problems: [PipelineProblem(error, in: file)])
        }
        let root = StepSettings(values.values, at: "", lines: values.lines, notes: SettingNotes())
        let pipeline = PipelineReader(root: root, file: file, kinds: kinds).pipeline()
        let problems = root.problems().map { PipelineProblem($0, in: file) }
        guard let pipeline, problems.isEmpty else {
            throw PipelineProblems(problems: problems.sorted { ($0.line, $0.reason) < ($1.line, $1.reason) })
        }
        return pipeline
    }

    /// - Returns: `nil` where too much is missing; that was noted.
    private func pipeline() -> Pipeline? {
        let name = self.root.noting { () throws(StepSettingProblem) in try self.root.pipelineName("name") }
        let version = self.root.noting { () throws(StepSettingProblem) in try self.root.pipelineVersion() }
        let parameters = self.parameters()
        let handlers =
            self.root.noting { () throws(StepSettingProblem) in
                try self.root.mapping("handlers").map(Self.handlers)
            }.flatMap(\.self) ?? [:]
        let steps = self.steps(handlers, Set(parameters.map(\.name)))
        var pipeline = Pipeline(name: name ?? "", version: version ?? "", steps: steps ?? [])
        pipeline.parameters = parameters
        pipeline.handlers = handlers
        pipeline.file = self.file
        self.readRest(into: &pipeline)
        return name != nil && version != nil && steps != nil ? pipeline : nil
    }

    private func readRest(into pipeline: inout Pipeline) {
        let root = self.root
        pipeline.description =
            root.noting { () throws(StepSettingProblem) in
                try root.string("description", default: "")
            } ?? ""
        pipeline.accepts =
            root.noting { () throws(StepSettingProblem) in
                try root.mediaTypes("accepts")
            } ?? []
        pipeline.outputPrefix = root.noting { () throws(StepSettingProblem) in
            try root.mapping("outputs")?.outputPrefix()
        }.flatMap(\.self)
        pipeline.removesWithSource =
            root.noting { () throws(StepSettingProblem) in
                try root.bool("remove_with_source", default: false)
            } ?? false
        pipeline.timeout = root.noting { () throws(StepSettingProblem) in
            root.value("timeout") == nil
                ? nil : try root.duration("timeout", in: .milliseconds(10) ... .seconds(7 * 86_400))
        }.flatMap(\.self)
    }

    private func parameters() -> [PipelineParameter] {
        let settings = self.root.noting { () throws(StepSettingProblem) in try self.root.mapping("parameters") }
        guard let settings = settings.flatMap(\.self) else { return [] }
        guard settings.names.count <= Self.maxParameters else {
            settings.note(settings.problem("", "there may be \(Self.maxParameters) parameters"))
            return []
        }
        return settings.names.compactMap { name in
            settings.noting { () throws(StepSettingProblem) in
                let one = try settings.mapping(name)
                guard name.isPipelineName else {
                    one?.skipUnknown()
                    throw settings.problem(name, "a parameter's name is up to 64 small letters, digits, '-' and '_'")
                }
                guard let one else {
                    throw settings.problem(name, "is missing; it takes a type, such as {type: integer}")
                }
                return try PipelineParameter(name, one)
            }
        }
    }

    private static func handlers(_ settings: StepSettings) -> [String: FailureAction] {
        var handlers: [String: FailureAction] = [:]
        for code in settings.names {
            handlers[code] = settings.noting { () throws(StepSettingProblem) in try settings.action(code) }
        }
        return handlers
    }

    private func steps(_ handlers: [String: FailureAction], _ parameters: Set<String>) -> [PipelineStep]? {
        let settings = self.root.noting { () throws(StepSettingProblem) in try self.root.mappings("steps") }
        guard let settings else { return nil }
        guard (1...Self.maxSteps).contains(settings.count) else {
            let takes = "takes a list of 1 to \(Self.maxSteps) steps"
            self.root.note(self.root.problem("steps", "\(takes), got \(settings.count)"))
            return nil
        }
        let drafts = settings.compactMap(StepDraft.init)
        var graph = PipelineGraph(drafts, handlers: handlers, notes: self.root)
        let order = graph.order()
        let made = drafts.map { draft in self.made(draft, graph, parameters) }
        guard drafts.count == settings.count, let order else { return nil }
        let steps = order.compactMap { made[$0] }
        return steps.count == drafts.count ? steps : nil
    }

    /// Makes a step.
    ///
    /// - Returns: `nil` where its kind or its settings are wrong; that was noted.
    private func made(_ draft: StepDraft, _ graph: PipelineGraph, _ parameters: Set<String>) -> PipelineStep? {
        let settings = draft.settings
        let earlier = graph.earlier[draft.name] ?? []
        let with = settings.child(draft.with, "with", earlier: earlier, parameters: parameters)
        guard let kind = self.kinds[draft.uses] else {
            with.skipUnknown()
            if !draft.uses.isEmpty {
                let known = self.kinds.names.joined(separator: ", ")
                settings.note(settings.problem("uses", "there is no kind of step '\(draft.uses)'; there are \(known)"))
            }
            return nil
        }
        let work = with.noting { () throws(StepSettingProblem) in try kind.make(with) }
        guard let work else {
            with.skipUnknown()
            return nil
        }
        return PipelineStep(
            name: draft.name,
            uses: draft.uses,
            needs: graph.needs[draft.name] ?? [],
            weight: draft.weight,
            with: draft.with,
            limits: draft.limits,
            retry: draft.retry,
            onError: draft.onError,
            severity: draft.severity,
            isFallback: graph.standIns.contains(draft.name),
            work: work
        )
    }
}

extension PipelineProblem {
    init(_ problem: StepSettingProblem, in file: String) {
        let reason = problem.key.isEmpty ? problem.reason : problem.description
        self.init(file: file, line: problem.line, reason: reason)
    }
}
