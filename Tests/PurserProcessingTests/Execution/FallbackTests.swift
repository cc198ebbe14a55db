import PurserTestSupport
import Synchronization
import Testing

@testable import PurserProcessing

struct FallbackTests {
    @Test
    func aStandInRunsInThePlaceOfAFailedStepAndIsNamed() async throws {
        try await ExecutionFixture.run { fixture in
            let given = Mutex<Set<String>>([])
            let pipeline = Pipeline.test(
                fixture.making("first"),
                fixture.failing("main", needs: ["first"]).falling(to: "other").with { $0.severity = .warning },
                PipelineStep.test("last", needs: ["main"]) { input, _ in
                    given.withLock { $0 = Set(input.earlier.keys) }
                    #expect(input.earlier["main"] == input.earlier["other"])
                    return StepOutput()
                },
                fixture.making("other").standIn
            )
            let outcome = try await fixture.run(pipeline)
            #expect(outcome.state == .succeeded)
            #expect(outcome.error == nil)
            let main = try #require(outcome.step("main"))
            #expect(main.state == .replaced)
            #expect(main.fallback == "other")
            #expect(main.error?.code == "broken")
            #expect(main.error?.severity == .warning)
            #expect(outcome.step("other")?.state == .succeeded)
            #expect(outcome.steps.map(\.name) == ["first", "main", "last", "other"])
            #expect(given.withLock { $0 } == ["first", "main", "other"])
            #expect(outcome.outputs.map(\.name) == ["first.txt", "other.txt"])
        }
    }

    @Test
    func aStandInThatIsNotNeededDoesNotRun() async throws {
        try await ExecutionFixture.run { fixture in
            let outcome = try await fixture.run(
                .test(fixture.making("main").falling(to: "other"), fixture.making("other").standIn)
            )
            #expect(outcome.steps.map(\.name) == ["main"])
            #expect(fixture.record.all == ["main"])
        }
    }

    @Test
    func aStandInMayDoWithoutItsOutputToo() async throws {
        try await ExecutionFixture.run { fixture in
            let outcome = try await fixture.run(
                .test(
                    fixture.failing("main").falling(to: "other"),
                    fixture.making("last", needs: ["main"]),
                    fixture.failing("other").with { $0.onError = .skip }.standIn
                )
            )
            #expect(outcome.state == .succeeded)
            #expect(outcome.states == [.skipped, .succeeded, .skipped])
        }
    }

    @Test
    func whatAStepDidInsteadIsNamed() async throws {
        try await ExecutionFixture.run { fixture in
            let step = PipelineStep.test("text") { _, _ in
                StepOutput(values: ["pages": .integer(2)], fallback: "page 2 was recognised as an image")
            }
            let outcome = try await fixture.run(.test(step))
            #expect(outcome.step("text")?.fallback == "page 2 was recognised as an image")
            #expect(outcome.step("text")?.values == ["pages": .integer(2)])
        }
    }

    @Test
    func aRegisteredFallbackDoesTheWorkOfAFailedStep() async throws {
        try await ExecutionFixture.run { fixture in
            let handlers = FailureHandlers()
            handlers.registerFallback(for: "work") { input, context, failure in
                try .file("saved.txt", "\(failure.code) \(context.limits.time)", in: context)
            }
            let pipeline = Pipeline.test(fixture.failing("main"), fixture.making("last", needs: ["main"]))
            let outcome = try await fixture.run(pipeline, handlers: handlers)
            #expect(outcome.state == .succeeded)
            #expect(outcome.states == [.replaced, .succeeded])
            #expect(outcome.step("main")?.fallback == "registered")
            #expect(try outcome.texts()["saved.txt"] == "broken 86400.0 seconds")
            // The name of a step comes before that of its kind, and its failure counts.
            handlers.registerFallback(for: "main") { _, _, _ in throw StepFailure("worse", "worse") }
            let failed = try await fixture.run(pipeline, handlers: handlers)
            #expect(failed.error?.code == "worse")
            #expect(failed.states == [.failed, .notRun])
        }
    }

    @Test
    func aRegisteredFallbackEndsAtTheLimitOfTheStep() async throws {
        try await ExecutionFixture.run { fixture in
            let handlers = FailureHandlers()
            handlers.registerFallback(for: "main") { _, _, _ in
                try await Gate().waitOrThrow()
                return StepOutput()
            }
            let step = fixture.failing("main").with { $0.limits.time = .seconds(5) }
            let outcome = try await fixture.run(.test(step), handlers: handlers)
            #expect(outcome.error?.code == "timed_out")
        }
    }
}
