/// What a step reads: the job's file, or a file that an earlier step made.
struct StepSource: Sendable, Hashable {
    /// The step that made it; `nil` for the job's file itself.
    let step: String?
    /// Which of the step's files; `nil` for the first.
    let file: String?

    /// Reads the setting `from`: nothing for the job's file, `STEP`, or `STEP/FILE`.
    ///
    /// - Parameter settings: What the pipeline says of the step.
    /// - Throws: ``StepSettingProblem`` where the step does not come earlier.
    init(_ settings: StepSettings) throws(StepSettingProblem) {
        guard let text = try settings.optionalString("from") else {
            (self.step, self.file) = (nil, nil)
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        guard let step = parts.first else {
            throw settings.problem("from", "takes STEP or STEP/FILE, got '\(text)'")
        }
        // Outside of a file nobody knows what comes earlier.
        if settings.line > 0, !settings.earlier.contains(step) {
            let steps = settings.earlier.sorted().joined(separator: ", ")
            let known = steps.isEmpty ? "it needs none" : "it needs \(steps)"
            throw settings.problem("from", "names no step that this one needs, '\(step)'; \(known)")
        }
        self.step = step
        self.file = parts.count > 1 ? parts[1] : nil
    }

    /// Describes a source.
    init(step: String? = nil, file: String? = nil) {
        self.step = step
        self.file = file
    }

    /// Where it lies.
    ///
    /// - Parameter input: What the step was given.
    /// - Returns: The file.
    /// - Throws: ``StepFailure`` `input_missing`.
    func file(in input: StepInput) throws(StepFailure) -> StepFile {
        guard let step = self.step else {
            return StepFile(name: "content", path: input.path, contentType: input.contentType ?? "")
        }
        let files = input.earlier[step]?.files ?? []
        guard let found = self.file.map({ name in files.first { $0.name == name } }) ?? files.first else {
            let name = self.file.map { "\(step)/\($0)" } ?? step
            throw StepFailure("input_missing", "there is nothing to read: '\(name)' was not made by an earlier step")
        }
        return found
    }

    /// Where the first of these lies that was made.
    static func first(of sources: [StepSource], in input: StepInput) throws(StepFailure) -> StepFile {
        var failure = StepFailure("input_missing", "there is nothing to read")
        for source in sources {
            do {
                return try source.file(in: input)
            } catch {
                failure = error
            }
        }
        throw failure
    }
}
