import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserProcessing

/// What a crash, a stop and a cancel leave, where they meet.
@Suite(.timeLimit(.minutes(2)))
struct JobCutOffTests {
    /// A step that tells when it runs, and then goes on whatever happens until it is let go.
    private static func holding(_ begun: Gate, _ gate: Gate) -> Pipeline {
        let step = PipelineStep.written("hold") { _, _ in
            begun.open()
            await gate.wait()
            try Task.checkCancellation()
            return StepOutput()
        }
        return Pipeline(name: "test", version: "1", steps: [step])
    }

    private static let copying = Pipeline(name: "test", version: "1", steps: [.copy])

    @Test
    func suspectsGoAloneAndBystandersAreNotCounted() async throws {
        try await JobFixture.run { fixture in
            let keys = ["killer", "one", "two"]
            for key in keys + ["healthy"] { try await fixture.put(key, key) }
            let (begun, go) = (Gate(), Gate())
            let now = Mutex(0)
            let most = Mutex(0)
            let seen = Collected<String>()
            let step = PipelineStep.written("look") { input, _ in
                let isSuspect = input.key.text != "healthy"
                if isSuspect {
                    let count = now.withLock { count in
                        count += 1
                        return count
                    }
                    most.withLock { $0 = max($0, count) }
                }
                if input.key.text == "killer" {
                    begun.open()
                    try await go.waitOrThrow()
                }
                if isSuspect { now.withLock { $0 -= 1 } }
                seen.add(input.key.text)
                return StepOutput()
            }
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [step])])
            let job = try await service.submit(try .files("killer", "one", "two"))
            let record = try #require(try fixture.catalog.job(job.id))
            #expect(try await fixture.catalog.startJob(record.number, at: fixture.time.now()))
            // Two processes that died with all three under way.
            for _ in 0..<2 {
                let items = try await fixture.catalog.startItems(ofJob: record.number, limit: 9)
                #expect(items.count == 3)
                try await fixture.catalog.returnInterruptedItems(ofJob: record.number)
            }
            try await service.whileRunning {
                await begun.wait()
                // Others go on meanwhile.
                let other = try await service.ended(try await service.submit(try .files("healthy")))
                #expect(other.state == .succeeded)
                #expect(seen.all == ["healthy"])
                // Were this process to die now, only the one under way would be counted.
                let items = try fixture.catalog.items(ofJob: record.number, limit: 9)
                #expect(items.map(\.state) == [.running, .queued, .queued])
                #expect(items.map(\.starts) == [3, 2, 2])
                go.open()
                let ended = try await service.ended(job)
                #expect(ended.files.succeeded == 3)
            }
            #expect(most.withLock { $0 } == 1)
            #expect(Set(seen.all) == ["healthy", "killer", "one", "two"])
        }
    }

    @Test
    func cancelledJobStaysCancelledWhenTheServiceStops() async throws {
        try await JobFixture.run { fixture in
            for key in ["a", "b"] { try await fixture.put(key, key) }
            let (begun, gate) = (Gate(), Gate())
            let service = fixture.service([Self.holding(begun, gate)]) { $0.workers = 1 }
            let job = try await service.submit(try .files("a", "b"))
            let run = Task { try await service.run() }
            await begun.wait()
            try await service.cancel(job.id)
            // Its file is still at work as the stop comes.
            run.cancel()
            gate.open()
            try await run.value
            let ended = try service.job(job.id)
            #expect(ended.state == .cancelled)
            #expect(ended.error?.code == "operation_cancelled")
            #expect(try service.report(job.id).items.map(\.state) == [.cancelled, .cancelled])
            let next = try await JobFixture.reopened(fixture)
            let again = next.service([Self.copying])
            let other = try await again.submit(try .files("a"))
            try await again.whileRunning { try await again.ended(other) }
            #expect(try again.job(job.id).state == .cancelled)
            #expect(try next.keys(".derived") == [".derived/test/a/copy.bin"])
        }
    }

    @Test
    func jobThatAStopLeftIsCancelledForGood() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let (begun, gate) = (Gate(), Gate())
            let service = fixture.service([Self.holding(begun, gate)])
            let job = try await service.submit(try .files("a"))
            let run = Task { try await service.run() }
            await begun.wait()
            run.cancel()
            gate.open()
            try await run.value
            // Nobody asked for its end.
            #expect(try service.job(job.id).state == .running)
            try await service.cancel(job.id)
            #expect(try service.job(job.id).state == .cancelled)
            let next = try await JobFixture.reopened(fixture)
            let again = next.service([Self.copying])
            let other = try await again.submit(try .files("a"))
            try await again.whileRunning { try await again.ended(other) }
            #expect(try again.job(job.id).state == .cancelled)
        }
    }

    @Test
    func stopLeavesAJobWhoseFileIsAtWorkToTheNextStart() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let (begun, gate) = (Gate(), Gate())
            let service = fixture.service([Self.holding(begun, gate)])
            let job = try await service.submit(try .files("a"))
            let run = Task { try await service.run() }
            await begun.wait()
            run.cancel()
            gate.open()
            try await run.value
            let record = try #require(try fixture.catalog.job(job.id))
            #expect(record.state == "running")
            #expect(try fixture.catalog.items(ofJob: record.number, limit: 9).map(\.starts) == [0])
            let next = try await JobFixture.reopened(fixture)
            let again = next.service([Self.copying])
            let ended = try await again.whileRunning { try await again.ended(job) }
            #expect(ended.state == .succeeded)
        }
    }
}
