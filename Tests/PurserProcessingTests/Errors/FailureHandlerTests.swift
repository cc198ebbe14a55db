import Synchronization
import Testing

@testable import PurserProcessing

struct FailureHandlerTests {
    @Test(arguments: [
        (FailureAction.skip, FileState.skipped, false), (.quarantine, .quarantined, false), (.abort, .failed, true),
        (.fail, .failed, false),
    ])
    func aHandlerDecidesHowTheFileEnds(_ action: FailureAction, _ state: FileState, _ aborts: Bool) async throws {
        try await ExecutionFixture.run { fixture in
            // The step itself would go on; the handler comes first.
            let step = fixture.failing("a").with { $0.onError = .skip }
            let pipeline = Pipeline.test(step, fixture.making("b", needs: ["a"]))
            let outcome = try await fixture.run(pipeline.with { $0.handlers = ["broken": action] })
            #expect(outcome.state == state)
            #expect(outcome.abortsJob == aborts)
            #expect(outcome.error?.code == "broken")
            #expect(outcome.states == [.failed, .notRun])
            let other = try await fixture.run(pipeline.with { $0.handlers = ["otherwise": action] })
            #expect(other.state == .succeeded)
            let handlers = FailureHandlers()
            handlers.registerHandler(for: "broken", action)
            let registered = try await fixture.run(pipeline, handlers: handlers)
            #expect(registered.state == state)
            #expect(registered.abortsJob == aborts)
        }
    }

    @Test
    func aHandlerHasAStepTriedAgainThatIsNotSaidToBeTransient() async throws {
        try await ExecutionFixture.run { fixture in
            let clock = LeapClock()
            let policy = RetryPolicy(attempts: 3, delay: .seconds(7), factor: 1, jitter: 0)
            let pipeline = Pipeline.test(fixture.failing("a", times: 2)).with {
                $0.handlers = ["broken": .retry(policy)]
            }
            let outcome = try await fixture.run(pipeline, clock: clock)
            #expect(outcome.state == .succeeded)
            #expect(outcome.step("a")?.attempts == 3)
            #expect(clock.sleeps == [.seconds(7), .seconds(7)])
            // After the last try the step's own policy counts.
            let lasting = Pipeline.test(fixture.failing("a").with { $0.onError = .skip })
            let failed = try await fixture.run(lasting.with { $0.handlers = ["broken": .retry(policy)] })
            #expect(failed.state == .succeeded)
            #expect(failed.states == [.skipped])
            #expect(failed.step("a")?.attempts == 3)
        }
    }

    @Test
    func aHandlerNamesAStandInThatRunsOnce() async throws {
        try await ExecutionFixture.run { fixture in
            let pipeline = Pipeline.test(
                fixture.making("a"),
                fixture.failing("b", needs: ["a"]),
                fixture.failing("c").standIn
            ).with { $0.handlers = ["broken": .fallback("c")] }
            let outcome = try await fixture.run(pipeline)
            // The stand-in fails with the same code: it does not stand in for itself.
            #expect(outcome.state == .failed)
            #expect(outcome.error?.step == "c")
            #expect(fixture.record.all == ["a", "b", "c"])
            let good = Pipeline.test(fixture.failing("b"), fixture.making("c").standIn)
            let replaced = try await fixture.run(good.with { $0.handlers = ["broken": .fallback("c")] })
            #expect(replaced.state == .succeeded)
            #expect(replaced.step("b")?.fallback == "c")
        }
    }

    @Test
    func aRegisteredHandlerSeesWhatFailedAndThePipelineComesFirst() async throws {
        try await ExecutionFixture.run { fixture in
            let seen = Mutex<[String]>([])
            let handlers = FailureHandlers()
            handlers.registerHandler(for: "broken") { failed in
                seen.withLock {
                    $0.append("\(failed.pipeline) \(failed.step) \(failed.uses) \(failed.attempts) \(failed.input.key)")
                }
                return failed.attempts < 2 ? .retry(RetryPolicy(attempts: 5)) : nil
            }
            let pipeline = Pipeline.test(fixture.failing("a"))
            let outcome = try await fixture.run(pipeline, handlers: handlers)
            #expect(outcome.state == .failed)
            #expect(seen.withLock { $0 } == ["test a work 1 a.txt", "test a work 2 a.txt"])
            let own = try await fixture.run(pipeline.with { $0.handlers = ["broken": .skip] }, handlers: handlers)
            #expect(own.state == .skipped)
            #expect(seen.withLock { $0.count } == 2)
        }
    }

    @Test
    func handlersDecideAboutFilesThatGoThroughNoStep() async throws {
        try await ExecutionFixture.run { fixture in
            let pipeline = Pipeline.test(fixture.making("a")).with {
                $0.accepts = ["image/*"]
                $0.parameters = [PipelineParameter("width", .integer)]
            }
            let input = try fixture.input(type: "text/plain")
            let refused = try await fixture.run(pipeline, input)
            #expect(refused.state == .failed)
            #expect(refused.error?.code == "unsupported_type")
            #expect(refused.states == [.notRun])
            let skipped = try await fixture.run(pipeline.with { $0.handlers = ["unsupported_type": .skip] }, input)
            #expect(skipped.state == .skipped)
            let image = try fixture.input(type: "image/png")
            let missing = try await fixture.run(pipeline, image)
            #expect(missing.error?.code == "bad_parameter")
            #expect(fixture.record.all.isEmpty)
        }
    }
}
