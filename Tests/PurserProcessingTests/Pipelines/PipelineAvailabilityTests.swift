import Logging
import PurserProcessing
import Testing

/// Whether files can go through a pipeline, where programs are missing.
struct PipelineAvailabilityTests {
    /// A pipeline of steps that run `have`, which every machine has, or `lack`, which none has.
    private func availability(
        _ steps: String,
        _ rest: String = "",
        handlers: FailureHandlers = FailureHandlers()
    ) throws -> PipelineAvailability {
        let text = "name: a\nversion: 1\n\(rest)steps:\n\(steps)"
            .replacing("have", with: "uses: tool, with: {program: sh}")
            .replacing("lack", with: "uses: tool, with: {program: no-such-program}")
        let pipeline = try Pipeline.read(text, file: "a.yaml", kinds: .samples)
        let toolbox = Toolbox(logger: Logger(label: "test"))
        return PipelineAvailability(of: pipeline, handlers: handlers) { step in
            toolbox.missing(of: step.work.tools).map { Toolbox.missing($0) }
        }
    }

    @Test func nothingIsSaidWhereAllIsThere() throws {
        let found = try self.availability("- {name: x, have, on_error: {fallback: y}}\n- {name: y, have}\n")
        #expect(found.reason == nil && found.warnings.isEmpty)
    }

    @Test func aStepWithoutItsProgramIsAnObstacle() throws {
        let found = try self.availability("- {name: x, have}\n- {name: y, lack}\n- {name: z, lack}\n")
        #expect(found.obstacles.count == 1 && found.warnings.isEmpty)
        #expect(found.reason?.contains("apt install no-such-package") == true)
    }

    @Test func aStandInThatCannotRunIsAWarning() throws {
        let found = try self.availability("- {name: x, have, on_error: {fallback: y}}\n- {name: y, lack}\n")
        #expect(found.reason == nil)
        #expect(found.warnings.count == 1)
        #expect(found.warnings.first?.hasPrefix("'y' cannot stand in for another step: there is no program") == true)
    }

    @Test func aStepThatAnotherCanStandInForIsAWarning() throws {
        let found = try self.availability("- {name: x, lack, on_error: {fallback: y}}\n- {name: y, have}\n")
        #expect(found.reason == nil)
        #expect(found.warnings.count == 1)
        #expect(found.warnings.first?.hasPrefix("'y' stands in for 'x': there is no program") == true)
    }

    @Test func standInsAreFollowedToTheEnd() throws {
        let chain = "- {name: x, lack, on_error: {fallback: y}}\n- {name: y, lack, on_error: {fallback: z}}\n"
        let well = try self.availability(chain + "- {name: z, have}\n")
        #expect(well.reason == nil && well.warnings.count == 2)
        let none = try self.availability(chain + "- {name: z, lack}\n")
        #expect(none.reason != nil)
        let skipped = try self.availability(chain + "- {name: z, lack, on_error: skip}\n- {name: w, have}\n")
        #expect(skipped.reason == nil && skipped.warnings.count == 3)
    }

    @Test func aStepThatMayBeLeftOutIsAWarning() throws {
        let found = try self.availability("- {name: x, have}\n- {name: y, lack, on_error: skip}\n")
        #expect(found.reason == nil)
        #expect(found.warnings.map { $0.hasPrefix("files go on without 'y'") } == [true])
    }

    @Test(arguments: [
        ("{fallback: z}", true), ("retry", true), ("skip", false), ("quarantine", false), ("abort", false),
        ("fail", false),
    ])
    func handlersGoBeforeTheStep(_ action: String, _ isAvailable: Bool) throws {
        let steps =
            "- {name: x, lack, on_error: {fallback: y}}\n- {name: y, have}\n- {name: z, have}\n- {name: w, have}\n"
        let found = try self.availability(
            steps,
            "handlers: {tool_missing: \(action), other: {fallback: z}}\n"
        )
        #expect((found.reason == nil) == isAvailable)
    }

    @Test func whatIsRegisteredStandsIn() throws {
        let handlers = FailureHandlers()
        handlers.registerFallback(for: "tool") { _, _, _ in StepOutput() }
        let found = try self.availability("- {name: x, lack}\n", handlers: handlers)
        #expect(found.reason == nil && found.warnings.count == 1)
    }
}
