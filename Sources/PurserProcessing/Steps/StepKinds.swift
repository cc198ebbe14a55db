/// A kind of step, as pipelines name it under `uses`.
public struct StepKind: Sendable {
    /// What it is called, such as `thumbnail`.
    public var name: String
    /// Makes a step of a pipeline from what the pipeline says under `with`.
    ///
    /// Called once for each place where a pipeline uses the kind, when the pipeline is loaded.
    public var make: @Sendable (_ settings: StepSettings) throws(StepSettingProblem) -> any ProcessingStep

    /// Describes a kind.
    public init(
        _ name: String,
        make: @escaping @Sendable (_ settings: StepSettings) throws(StepSettingProblem) -> any ProcessingStep
    ) {
        self.name = name
        self.make = make
    }

    /// Makes a step outside of a file.
    ///
    /// - Parameter values: What a pipeline would say under `with`.
    /// - Returns: The step.
    /// - Throws: ``StepSettingProblem``, the first one that there is; a name that the kind does not know is one.
    public func step(_ values: [String: StepValue] = [:]) throws(StepSettingProblem) -> any ProcessingStep {
        let settings = StepSettings(values)
        let step = try self.make(settings)
        if let problem = settings.problems().first { throw problem }
        return step
    }
}

/// The kinds of steps that pipelines can use.
public struct StepKinds: Sendable {
    private var kinds: [String: StepKind]

    /// Brings kinds together; of two with the same name the later counts.
    public init(_ kinds: [StepKind] = []) {
        self.kinds = Dictionary(kinds.map { ($0.name, $0) }) { _, later in later }
    }

    /// The kinds that Purser comes with.
    public static let builtIn = StepKinds([
        .archiveExtract, .compress, .exec, .hash, .layout, .metadata, .normalize, .ocr, .pdfPages, .pdfText, .resize,
        .schema, .text, .thumbnail, .validate, .webhook,
    ])

    /// A kind; `nil` where there is none of that name.
    public subscript(name: String) -> StepKind? { self.kinds[name] }

    /// What they are called, in the order of the alphabet.
    public var names: [String] { self.kinds.keys.sorted() }

    /// These kinds and more, which replace those with the same names.
    public func adding(_ kinds: [StepKind]) -> StepKinds {
        StepKinds(Array(self.kinds.values) + kinds)
    }
}
