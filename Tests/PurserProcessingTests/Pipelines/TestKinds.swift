import PurserProcessing

/// Does nothing.
struct NothingStep: ProcessingStep {
    var tools: [Tool] = []

    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput { StepOutput() }
}

extension StepKinds {
    /// Kinds for pipelines that are only read.
    static let samples = StepKinds([
        StepKind("nothing") { _ throws(StepSettingProblem) in NothingStep() },
        StepKind("scale") { settings throws(StepSettingProblem) in
            _ = try settings.integer("size", in: 1...4_096)
            _ = try settings.number("sharpness", in: 0...1, default: 0.5)
            _ = try settings.bytes("most", in: 1...1_000_000, default: 1_000)
            _ = try settings.duration("pause", in: .zero ... .seconds(60), default: .seconds(1))
            _ = try settings.choice("format", of: ["jpeg", "png"], default: "jpeg")
            _ = try settings.strings("names", default: [])
            _ = try settings.texts("environment", default: [:])
            for output in try settings.mappings("outputs") { _ = try output.string("name") }
            return NothingStep()
        },
        StepKind("tool") { settings throws(StepSettingProblem) in
            NothingStep(tools: [Tool(try settings.string("program"), package: "no-such-package")])
        },
        StepKind("after") { settings throws(StepSettingProblem) in
            let step = try settings.string("step")
            guard settings.earlier.contains(step) else { throw settings.problem("step", "'\(step)' is not earlier") }
            return NothingStep()
        },
    ])
}
