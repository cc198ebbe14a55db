import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserProcessing

/// Jobs whose turn has come and that cannot be taken up.
@Suite(.timeLimit(.minutes(2)))
struct JobWaitTests {
    private static let copying = Pipeline(name: "test", version: "1", steps: [.copy])
    private static let other = Pipeline(name: "other", version: "1", steps: [.copy])

    /// Whether a pipeline can run, as a test says.
    private final class Availability: Sendable {
        private let missing = Mutex<Set<String>>([])

        func set(_ pipeline: String, _ canRun: Bool) {
            self.missing.withLock { names in
                if canRun { names.remove(pipeline) } else { names.insert(pipeline) }
            }
        }

        @Sendable func objection(_ pipeline: Pipeline) -> String? {
            self.missing.withLock { $0.contains(pipeline.name) } ? "a program is missing" : nil
        }
    }

    /// Waits until something holds, as what runs beside the test makes it.
    private func eventually(_ holds: () throws -> Bool) async throws {
        while try !holds() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    @Test
    func jobWaitsUntilItsPipelineCanRun() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let availability = Availability()
            let service = fixture.service([Self.copying, Self.other], objection: availability.objection)
            let jobs = [try await service.submit(try .files("a")), try await service.submit(try .files("a"))]
            availability.set("test", false)
            try await service.whileRunning {
                // Another job goes past them.
                let other = try await service.submit(try .files("a", pipeline: "other"))
                #expect(try await service.ended(other).state == .succeeded)
                for job in jobs {
                    let waiting = try service.job(job.id)
                    #expect(waiting.state == .queued)
                    #expect(waiting.waiting?.code == "pipeline_unavailable")
                    #expect(waiting.waiting?.message == "a program is missing")
                    #expect(waiting.waiting?.since == fixture.time.now())
                    #expect(waiting.error == nil)
                    #expect(waiting.startedAt == nil)
                }
                fixture.time.advance(by: .seconds(100))
                await service.tick()
                #expect(try service.job(jobs[0].id).waiting != nil)
                availability.set("test", true)
                await service.tick()
                for job in jobs {
                    let ended = try await service.ended(job)
                    #expect(ended.state == .succeeded)
                    #expect(ended.waiting == nil)
                }
            }
        }
    }

    /// They write the same results at the same time.
    @Test
    func jobsOfOneFileDoNotHinderEachOther() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let service = fixture.service([Self.copying])
            var jobs: [JobDocument] = []
            for _ in 0..<8 { jobs.append(try await service.submit(try .files("a"))) }
            try await service.whileRunning {
                for job in jobs {
                    let ended = try await service.ended(job)
                    let report = try service.report(job.id)
                    #expect(ended.state == .succeeded, "\(report)")
                }
            }
        }
    }

    @Test
    func clockThatIsSetBackHoldsNoJobUp() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let availability = Availability()
            let service = fixture.service([Self.copying], objection: availability.objection)
            let job = try await service.submit(try .files("a"))
            availability.set("test", false)
            try await service.whileRunning {
                try await self.eventually { try service.job(job.id).waiting != nil }
                fixture.time.advance(by: .seconds(-7_200))
                availability.set("test", true)
                await service.tick()
                #expect(try await service.ended(job).state == .succeeded)
            }
        }
    }

    @Test
    func jobThatWaitsCanBeCancelled() async throws {
        try await JobFixture.run { fixture in
            let availability = Availability()
            let service = fixture.service([Self.copying], objection: availability.objection)
            let job = try await service.submit(try .files("a"))
            availability.set("test", false)
            try await service.whileRunning {
                try await self.eventually { try service.job(job.id).waiting != nil }
                try await service.cancel(job.id)
                availability.set("test", true)
                fixture.time.advance(by: .seconds(60))
                await service.tick()
            }
            #expect(try service.job(job.id).state == .cancelled)
            #expect(try service.job(job.id).waiting == nil)
        }
    }

    @Test
    func jobThatWasCutOffWaitsTooAndGoesOn() async throws {
        try await JobFixture.run { fixture in
            for key in ["a", "b"] { try await fixture.put(key, key) }
            let availability = Availability()
            let service = fixture.service([Self.copying], objection: availability.objection)
            let job = try await service.submit(try .files("a", "b"))
            // A process that died with the first file under way.
            let record = try #require(try fixture.catalog.job(job.id))
            #expect(try await fixture.catalog.startJob(record.number, at: fixture.time.now()))
            _ = try await fixture.catalog.startItems(ofJob: record.number, limit: 1)
            let begun = fixture.time.now()
            fixture.time.advance(by: .seconds(50))
            availability.set("test", false)
            try await service.whileRunning {
                try await self.eventually { try service.job(job.id).waiting != nil }
                #expect(try service.job(job.id).state == .queued)
                availability.set("test", true)
                fixture.time.advance(by: .seconds(1))
                await service.tick()
                let ended = try await service.ended(job)
                #expect(ended.state == .succeeded)
                #expect(ended.files.succeeded == 2)
                #expect(ended.startedAt == begun)
            }
        }
    }

    @Test
    func pausesGrowToAMinute() async throws {
        try await JobFixture.run { fixture in
            let availability = Availability()
            let service = fixture.service([Self.copying], objection: availability.objection)
            let job = try await service.submit(try .files("a"))
            availability.set("test", false)
            var pauses: [Double] = []
            for _ in 0..<10 {
                await service.takeBack(at: fixture.time.now())
                try await service.start(try #require(try fixture.catalog.job(job.id)))
                let triesAt = try #require(try fixture.catalog.pipelinesPutOff().first).triesAt
                pauses.append(triesAt.timeIntervalSince(fixture.time.now()))
                fixture.time.advance(by: .seconds(pauses.last ?? 0))
            }
            #expect(pauses == [1, 1, 2, 4, 8, 16, 32, 60, 60, 60])
        }
    }

    @Test
    func jobThatCanNeverRunHasFailed() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            var sized = Self.other
            sized.parameters = [PipelineParameter("size", .integer, default: .integer(1))]
            let service = fixture.service([Self.copying, sized])
            let gone = try await service.submit(try .files("a"))
            var request = try JobRequest.files("a", pipeline: "other")
            request.parameters["size"] = .integer(2)
            let changed = try await service.submit(request)
            // After a start with other pipelines.
            let next = fixture.service([Self.other])
            try await next.whileRunning {
                let ended = [try await next.ended(gone), try await next.ended(changed)]
                #expect(ended.map(\.state) == [.failed, .failed])
                #expect(ended.map(\.error?.code) == ["pipeline_not_found", "invalid_job"])
                #expect(ended[1].error?.message.contains("size") == true)
                #expect(ended.map(\.waiting) == [nil, nil])
            }
        }
    }

    @Test
    func jobWaitsWhileAnotherOperationHasItsName() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let service = fixture.service([Self.copying])
            let job = try await service.submit(try .files("a"))
            let id = try OperationID(job.id)
            let operation = try fixture.tracker.begin(.custom, id: id, name: "other")
            try await service.whileRunning {
                try await self.eventually { try service.job(job.id).waiting != nil }
                #expect(try service.job(job.id).waiting?.code == "operation_exists")
                #expect(try service.job(job.id).state == .queued)
                operation.finish(.failure(CancellationError()), isRemembered: false)
                fixture.time.advance(by: .seconds(1))
                await service.tick()
                #expect(try await service.ended(job).state == .succeeded)
            }
        }
    }

    @Test
    func filesAreFoundOnceThePipelineCanRun() async throws {
        try await JobFixture.run { fixture in
            try await fixture.putMany(1_005, prefix: "f")
            let availability = Availability()
            let service = fixture.service([Self.copying, Self.other], objection: availability.objection)
            let job = try await service.submit(JobRequest(pipeline: "test", prefix: JobPrefix(prefix: "f")))
            let other = try await service.submit(JobRequest(pipeline: "other", prefix: JobPrefix(prefix: "f")))
            #expect(try [job.id, other.id].map { try service.job($0).isListed } == [false, false])
            availability.set("test", false)
            try await service.whileRunning {
                // The files of the other are found meanwhile.
                try await self.eventually { try service.job(other.id).isListed }
                #expect(try !service.job(job.id).isListed)
                #expect(try service.job(job.id).state == .queued)
                try await service.cancel(other.id)
                availability.set("test", true)
                fixture.time.advance(by: .seconds(1))
                await service.tick()
                try await self.eventually { try service.job(job.id).isListed }
                #expect(try service.job(job.id).files.total == 1_005)
                try await service.cancel(job.id)
            }
        }
    }

    /// Nobody ever takes the job up: whoever watches it must not wait for that.
    @Test
    func updatesOfAJobThatWaitsEndWithTheService() async throws {
        try await JobFixture.run { fixture in
            let availability = Availability()
            let service = fixture.service([Self.copying], objection: availability.objection)
            let job = try await service.submit(try .files("a"))
            availability.set("test", false)
            let seen = Collected<JobDocument>()
            let watched = Task {
                for await update in try service.updates(of: job.id) { seen.add(update) }
            }
            try await service.whileRunning {
                try await self.eventually { seen.all.last?.waiting != nil }
            }
            try await watched.value
            #expect(seen.all.allSatisfy { $0.state == .queued })
            // Who comes later is told how it stands.
            var late: [OperationState] = []
            for await update in try service.updates(of: job.id) { late.append(update.state) }
            #expect(late == [.queued])
        }
    }
}
