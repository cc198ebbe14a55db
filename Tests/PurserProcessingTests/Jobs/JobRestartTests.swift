import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserProcessing

/// Jobs that were cut off by a stop or a crash, and go on.
@Suite(.timeLimit(.minutes(2)))
struct JobRestartTests {
    @Test
    func stopOfTheServiceLeavesTheJobToTheNextStart() async throws {
        try await JobFixture.run { fixture in
            for key in ["a", "b", "c"] { try await fixture.put(key, key) }
            let (begun, never) = (Gate(), Gate())
            let service = fixture.service([.blocking(begun, never, passes: 1)]) { $0.workers = 1 }
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
            let service = fixture.service([.blocking(begun, never)])
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
