import PurserCatalog
import PurserIdentifiers
import PurserMonitor
import PurserOperations
import PurserTestSupport
import Testing

@testable import PurserProcessing

/// Jobs that are cancelled, or take too long.
@Suite(.timeLimit(.minutes(2)))
struct JobStopTests {
    @Test
    func operationOfAJobCanBeCancelledLikeAnyOther() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let (begun, never) = (Gate(), Gate())
            let service = fixture.service([.blocking(begun, never)])
            let job = try await service.whileRunning {
                let job = try await service.submit(try .files("a"))
                await begun.wait()
                try fixture.tracker.cancel(try OperationID(job.id))
                return try await service.ended(job)
            }
            #expect(job.state == .cancelled)
            #expect(job.error?.code == "operation_cancelled")
        }
    }

    @Test
    func jobThatWaitsIsCancelledWithoutHavingRun() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let service = fixture.service([.blocking(Gate(), Gate())])
            let job = try await service.submit(try .files("a"))
            let id = try OperationID(job.id)
            #expect(try service.operationSnapshot(id)?.state == .queued)
            #expect(fixture.tracker.operation(id) == nil)
            try await service.cancel(job.id)
            #expect(try service.job(job.id).state == .cancelled)
            #expect(try service.history(job.id).map(\.state) == [.queued, .cancelled])
            #expect(try service.operationSnapshot(id)?.state == .cancelled)
            #expect(await processingCode { try await service.cancel("nobody") } == .jobNotFound)
        }
    }

    @Test
    func fileThatTakesTooLongEndsAndTheOthersGoOn() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("slow", "x")
            try await fixture.put("quick", "y")
            let (clock, begun, never) = (StepClock(), Gate(), Gate())
            let step = PipelineStep.written("wait") { input, _ in
                guard input.key.text == "slow" else { return StepOutput() }
                begun.open()
                try await never.waitOrThrow()
                return StepOutput()
            }
            var pipeline = Pipeline(name: "test", version: "1", steps: [step])
            pipeline.steps[0].limits.time = .seconds(3_600)
            let service = fixture.service([pipeline], clock: clock)
            let report = try await service.whileRunning {
                let job = try await service.submit(try .files("slow", "quick"))
                await begun.wait()
                while try service.job(job.id).files.succeeded == 0 { await Task.yield() }
                clock.advance(by: .seconds(299))
                #expect(try service.job(job.id).state == .running)
                clock.advance(by: .seconds(1))
                try await service.ended(job)
                return try service.report(job.id)
            }
            #expect(report.items.map(\.state) == [.timedOut, .succeeded])
            #expect(report.items.first?.error?.code == "timed_out")
            #expect(fixture.reports.all.first { $0.name == "slow" && $0.kind == "process" }?.state == .timedOut)
        }
    }

    @Test
    func jobEndsWhenItsTimeIsOver() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let (begun, never) = (Gate(), Gate())
            let service = fixture.service([.blocking(begun, never)])
            let job = try await service.whileRunning {
                var request = try JobRequest.files("a")
                request.timeout = .seconds(60)
                let job = try await service.submit(request)
                await begun.wait()
                await service.tick()
                #expect(try service.job(job.id).state == .running)
                fixture.time.advance(by: .seconds(60))
                await service.tick()
                return try await service.ended(job)
            }
            #expect(job.state == .timedOut)
            #expect(job.error?.code == "operation_timed_out")
        }
    }

    @Test
    func fileThatIsStoppedAsItTakesTooLongHasTimedOut() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let (begun, never) = (Gate(), Gate())
            let service = fixture.service([.blocking(begun, never)])
            let report = try await service.whileRunning {
                let job = try await service.submit(try .files("a"))
                await begun.wait()
                try #require(fixture.resources.runningOperations().first).cancel(.timedOut)
                try await service.ended(job)
                return try service.report(job.id)
            }
            #expect(report.items.first?.state == .timedOut)
            #expect(report.items.first?.error?.code == "timed_out")
            #expect(report.job.state == .failed)
        }
    }

    /// The thresholds of the monitor are those of one file, however long its job takes.
    @Test
    func thresholdsOfTheMonitorAreThoseOfOneFile() async throws {
        let clock = StepClock()
        try await JobFixture.run(clock: clock) { fixture in
            try await fixture.put("a", "x")
            let (begun, gate) = (Gate(), Gate())
            let service = fixture.service([.blocking(begun, gate)])
            try await service.whileRunning {
                let job = try await service.submit(try .files("a"))
                await begun.wait()
                var watcher = DurationWatcher(DurationThresholds())
                func look() -> [DurationLevel] {
                    let running = fixture.resources.runningOperations().map {
                        RunningOperation(id: $0.id, kind: $0.label, elapsed: $0.held)
                    }
                    return watcher.look(at: running).map(\.level)
                }
                clock.advance(by: .seconds(20))
                #expect(look() == [])
                clock.advance(by: .milliseconds(1))
                #expect(look() == [.warning])
                clock.advance(by: .seconds(5))
                #expect(look() == [.critical])
                clock.advance(by: .seconds(5))
                #expect(look() == [.maximum])
                #expect(look() == [])
                gate.open()
                // Not by its updates, which keep their distance by the clock that stands still.
                while try !service.job(job.id).state.isFinal { await Task.yield() }
                let report = try #require(fixture.reports.all.last)
                #expect(report.kind == "process")
                #expect(report.held == .milliseconds(30_001))
                let again = watcher.note(report)
                #expect(again == nil)
            }
        }
    }
}
