import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserMonitor
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import PurserProcessing

/// Jobs that are cancelled, take too long, or are cut off.
@Suite(.timeLimit(.minutes(2)))
struct JobStopTests {
    /// A step that tells when it runs, and waits until it is let go or cancelled.
    fileprivate static func blocking(_ begun: Gate, _ gate: Gate, passes: Int = 0) -> Pipeline {
        let count = Mutex(0)
        let step = PipelineStep.written("wait") { _, context in
            let number = count.withLock { count in
                count += 1
                return count
            }
            try Data("left".utf8).write(to: URL(filePath: "\(context.folder)/left"))
            guard number > passes else { return StepOutput() }
            begun.open()
            try await gate.waitOrThrow()
            return StepOutput()
        }
        return Pipeline(name: "test", version: "1", steps: [step])
    }

    @Test
    func operationOfAJobCanBeCancelledLikeAnyOther() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let (begun, never) = (Gate(), Gate())
            let service = fixture.service([Self.blocking(begun, never)])
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
            let service = fixture.service([Self.blocking(Gate(), Gate())])
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
            let service = fixture.service([Self.blocking(begun, never)])
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
    func stopOfTheServiceLeavesTheJobToTheNextStart() async throws {
        try await JobFixture.run { fixture in
            for key in ["a", "b", "c"] { try await fixture.put(key, key) }
            let (begun, never) = (Gate(), Gate())
            let service = fixture.service([Self.blocking(begun, never, passes: 1)]) { $0.workers = 1 }
            let job = try await service.whileRunning {
                let job = try await service.submit(try .files("a", "b", "c"))
                await begun.wait()
                return job
            }
            #expect(try service.job(job.id).state == .running)
            #expect(fixture.tracker.list(kind: .process, limit: 9).snapshots.first?.error?.code == "shutting_down")
            let record = try #require(try fixture.catalog.job(job.id))
            let items = try fixture.catalog.items(ofJob: record.number, limit: 9)
            #expect(items.map(\.state) == [.succeeded, .queued, .queued])
            #expect(items.map(\.starts) == [1, 0, 0])

            // As after a start: the tracker remembers nothing.
            let next = try await JobFixture.reopened(fixture)
            let seen = Collected<String>()
            let step = PipelineStep.written("wait") { input, _ in
                seen.add(input.key.text)
                return StepOutput()
            }
            let again = next.service([Pipeline(name: "test", version: "1", steps: [step])])
            let ended = try await again.whileRunning { try await again.ended(job) }
            #expect(ended.files.succeeded == 3)
            #expect(seen.all.sorted() == ["b", "c"])
            #expect(ended.startedAt == record.startedAt)
        }
    }

    @Test
    func stopOfTheServiceEndsNoJobThatHasFilesLeft() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let (begun, never) = (Gate(), Gate())
            let service = fixture.service([Self.blocking(begun, never)])
            let job = try await service.whileRunning {
                let job = try await service.submit(try .files("a"))
                await begun.wait()
                // As all that holds a slot is told to stop.
                fixture.resources.cancelAll(.shutdown)
                while fixture.resources.metrics().active > 0 { await Task.yield() }
                return job
            }
            #expect(try service.job(job.id).state == .running)
            let next = try await JobFixture.reopened(fixture)
            let again = next.service([Pipeline(name: "test", version: "1", steps: [.copy])])
            let ended = try await again.whileRunning { try await again.ended(job) }
            #expect(ended.state == .succeeded)
        }
    }

    @Test
    func fileThatIsStoppedAsItTakesTooLongHasTimedOut() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let (begun, never) = (Gate(), Gate())
            let service = fixture.service([Self.blocking(begun, never)])
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
            let service = fixture.service([Self.blocking(begun, gate)])
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

    @Test
    func jobSurvivesAKillWithoutARowOrAResultTwice() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try await JobFixture.open(folder.appending("storage"))
            for key in ["a", "b"] { try await fixture.put(key, key) }
            let (begun, gate) = (Gate(), Gate())
            let first = PipelineStep.copy
            let second = PipelineStep.written("wait", needs: ["copy"]) { input, _ in
                guard input.key.text == "b" else { return StepOutput() }
                begun.open()
                try await gate.waitOrThrow()
                return StepOutput()
            }
            let pipeline = Pipeline(name: "test", version: "1", steps: [first, second])
            let service = fixture.service([pipeline])
            let image = folder.appending("image")
            let job = try await service.whileRunning {
                let job = try await service.submit(try .files("a", "b"))
                await begun.wait()
                await service.tick()
                let row = try #require(try fixture.catalog.job(job.id)).number
                while try fixture.catalog.items(ofJob: row, limit: 1)[0].state == .running { await Task.yield() }
                // What a kill at this moment would leave.
                try FileManager.default.copyItem(atPath: fixture.path.string, toPath: image.string)
                return job
            }
            try await fixture.store.close()

            let next = try await JobFixture.open(image)
            let copies = Collected<String>()
            let counted = PipelineStep.written("copy") { input, context in
                copies.add(input.key.text)
                return try await PipelineStep.copy.work.run(input, context)
            }
            let again = next.service([Pipeline(name: "test", version: "1", steps: [counted])])
            let (ended, report) = try await again.whileRunning {
                (try await again.ended(job), try again.report(job.id))
            }
            #expect(ended.state == .succeeded)
            #expect(ended.files.succeeded == 2)
            #expect(report.items.compactMap(\.error) == [])
            #expect(report.items.map(\.state) == [.succeeded, .succeeded])
            #expect(copies.all.filter { $0 == "a" }.isEmpty)
            #expect(report.items.map(\.steps.count) == [2, 1])
            #expect(try next.keys(".derived") == [".derived/test/a/copy.bin", ".derived/test/b/copy.bin"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: next.store.scratchRoot).isEmpty)
            try await next.store.close()
        }
    }

    @Test
    func fileThatWasCutOffThreeTimesIsGivenUp() async throws {
        try await JobFixture.run { fixture in
            for key in ["killer", "bystander"] { try await fixture.put(key, key) }
            let seen = Collected<String>()
            let step = PipelineStep.written("look") { input, _ in
                seen.add(input.key.text)
                return StepOutput()
            }
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [step])])
            let job = try await service.submit(try .files("killer", "bystander"))
            let record = try #require(try fixture.catalog.job(job.id))
            #expect(try await fixture.catalog.startJob(record.number, at: fixture.time.now()))
            // Three processes that died with the first file, and two of them with the second.
            for count in [2, 2, 1] {
                let items = try await fixture.catalog.startItems(ofJob: record.number, limit: count)
                #expect(items.count == count)
                try await fixture.catalog.returnInterruptedItems(ofJob: record.number)
            }
            let report = try await service.whileRunning {
                try await service.ended(job)
                return try service.report(job.id)
            }
            #expect(report.items.map(\.state) == [.failed, .succeeded])
            #expect(report.items.first?.error?.code == "interrupted")
            #expect(seen.all == ["bystander"])
        }
    }

    @Test
    func stepThatDidSomethingOutsideIsNotDoneAgain() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let calls = Collected<String>()
            let call = PipelineStep.written("call") { input, _ in
                calls.add(input.key.text)
                return StepOutput(values: ["answer": .integer(7)])
            }
            let answers = Collected<StepValue?>()
            let use = PipelineStep.written("use", needs: ["call"]) { input, _ in
                answers.add(input.earlier["call"]?.values["answer"])
                return StepOutput()
            }
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [call, use])])
            let job = try await service.submit(try .files("a"))
            // A process that died after the first step.
            let record = try #require(try fixture.catalog.job(job.id))
            #expect(try await fixture.catalog.startJob(record.number, at: fixture.time.now()))
            _ = try await fixture.catalog.startItems(ofJob: record.number, limit: 1)
            let output = StepOutput(values: ["answer": .integer(9)])
            let text = String(decoding: try JSONEncoder().encode(output), as: UTF8.self)
            try await fixture.catalog.noteStep("call", text, ofItem: 0, job: record.number)
            try await service.whileRunning { try await service.ended(job) }
            #expect(calls.all.isEmpty)
            #expect(answers.all == [.integer(9)])
            #expect(try fixture.catalog.stepNotes(ofItem: 0, job: record.number).isEmpty)
        }
    }
}

extension JobFixture {
    /// The same store under a tracker that remembers nothing, as after a start.
    static func reopened(_ fixture: JobFixture) async throws -> JobFixture {
        let (time, reports) = (fixture.time, Collected<OperationReport>())
        let tracker = ProgressTracker(now: { time.now() }, onEnd: { reports.add($0) })
        return JobFixture(
            path: fixture.path,
            time: time,
            store: fixture.store,
            tracker: tracker,
            resources: ResourceManager(tracker: tracker, logger: Self.quiet),
            scratch: fixture.scratch,
            reports: reports
        )
    }
}

/// How soon a job ends: measured by the clock, so these tests run when no others do (`scripts/test.sh`).
@Suite(.timeLimit(.minutes(1)))
struct JobPromptnessTests {
    @Test
    func cancelledJobOfThousandFilesStopsWithinASecond() async throws {
        try await JobFixture.run { fixture in
            try await fixture.putMany(1_000, prefix: "f")
            let (begun, never) = (Gate(), Gate())
            let service = fixture.service([JobStopTests.blocking(begun, never, passes: 5)])
            let job = try await service.whileRunning {
                let job = try await service.submit(JobRequest(pipeline: "test", prefix: JobPrefix(prefix: "f")))
                await begun.wait()
                while try service.job(job.id).files.succeeded < 5 { await Task.yield() }
                let started = ContinuousClock.now
                try await service.cancel(job.id)
                let ended = try await service.ended(job)
                #expect(ContinuousClock.now - started < .seconds(1))
                #expect(fixture.resources.metrics().active == 0)
                return ended
            }
            #expect(job.state == .cancelled)
            #expect(job.files.total == 1_000)
            #expect(job.files.succeeded == 5)
            let report = try service.report(job.id, limit: 1_000)
            #expect(report.items.filter { $0.state == .succeeded }.count == 5)
            #expect(report.items.filter { $0.state == .cancelled }.count == 995)
            #expect(await processingCode { try await service.cancel(job.id) } == .jobEnded)
        }
    }
}
