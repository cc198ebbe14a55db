import Purser
import PurserTestSupport

/// A step that is at work until it may end.
struct HeldStep: ProcessingStep {
    /// Opened when the first file has come to it.
    let entered = Gate()
    /// Lets files through.
    let mayEnd = Gate()

    var cacheIdentity: String? { nil }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        self.entered.open()
        try await self.mayEnd.waitOrThrow()
        return StepOutput(values: ["size": .integer(input.size)])
    }

    /// A pipeline of this step alone, which may take ten minutes.
    var pipeline: Pipeline {
        let limits = StepLimits(time: .seconds(600), memory: 1 << 20)
        return Pipeline(
            name: "held",
            version: "1",
            steps: [PipelineStep(name: "holding", uses: "held", limits: limits, work: self)]
        )
    }
}
