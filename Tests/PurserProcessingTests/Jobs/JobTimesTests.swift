import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserProcessing

/// What starts by itself, what is forgotten, and what goes with its source.
@Suite(.timeLimit(.minutes(2)))
struct JobTimesTests {
    private static let copying = Pipeline(name: "test", version: "1", steps: [.copy], removesWithSource: true)

    @Test
    func uploadStartsTheJobsThatAreForIt() async throws {
        try await JobFixture.run { fixture in
            let service = fixture.service([Self.copying]) { configuration in
                configuration.triggers = [
                    ProcessingTrigger(
                        name: "pictures",
                        event: .upload,
                        pipeline: "test",
                        prefix: "in/",
                        types: ["image/*"]
                    ),
                    ProcessingTrigger(name: "lost", event: .upload, pipeline: "gone", prefix: "in/"),
                ]
            }
            func upload(_ key: String, _ type: String?) async throws {
                await service.noteUpload(bucket: .default, key: try FileKey(key), type: type)
            }
            try await upload("in/a.jpg", "image/jpeg; q=1")
            try await upload("in/a.txt", "text/plain")
            try await upload("out/a.jpg", "image/jpeg")
            try await upload("in/unknown", nil)
            let jobs = try service.jobs()
            #expect(jobs.map(\.trigger) == ["pictures"])
            #expect(try service.report(jobs[0].id).items.map(\.key.text) == ["in/a.jpg"])
            let failed = fixture.events.all.filter { if case .triggerFailed("lost", _) = $0 { true } else { false } }
            #expect(failed.count == 3)
        }
    }

    @Test
    func whatJobsWriteStartsNoJob() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let service = fixture.service([Self.copying]) {
                $0.triggers = [ProcessingTrigger(name: "all", event: .upload, pipeline: "test")]
            }
            try await service.whileRunning { try await service.ended(try await service.submit(try .files("a"))) }
            #expect(try fixture.keys().count == 2)
            #expect(try service.jobs().count == 1)
        }
    }

    @Test
    func scheduleStartsAJobOnceForEachTimeAndCatchesUpOnce() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("in/a", "x")
            let hourly = ProcessingTrigger(
                name: "hourly",
                event: .schedule(.interval(.seconds(3_600)), .gmt),
                pipeline: "test",
                prefix: "in/"
            )
            let service = fixture.service([Self.copying]) { $0.triggers = [hourly] }
            service.beginSchedules()
            await service.tick()
            #expect(try service.jobs().isEmpty)
            fixture.time.advance(by: .seconds(3_600))
            await service.tick()
            await service.tick()
            #expect(try service.jobs().map(\.trigger) == ["hourly"])
            // Down for five hours, and started again.
            fixture.time.advance(by: .seconds(5 * 3_600))
            let next = fixture.service([Self.copying]) { $0.triggers = [hourly] }
            next.beginSchedules()
            await next.tick()
            #expect(try next.jobs().count == 2)
            fixture.time.advance(by: .seconds(3_599))
            await next.tick()
            #expect(try next.jobs().count == 2)
        }
    }

    @Test
    func oldJobsAreForgottenAndThoseThatAreTooMany() async throws {
        try await JobFixture.run { fixture in
            let service = fixture.service([Self.copying]) { configuration in
                configuration.keptFor = .seconds(1_000)
                configuration.keptJobs = 2
            }
            func ended() async throws -> String {
                let job = try await service.submit(try .files("a", "b", "c"))
                try await service.cancel(job.id)
                fixture.time.advance(by: .seconds(1))
                return job.id
            }
            let queued = try await service.submit(try .files("a")).id
            var ids: [String] = []
            for _ in 0..<4 { ids.append(try await ended()) }
            await service.forgetOldJobs()
            #expect(try service.jobs().map(\.id) == [ids[3], ids[2], queued])
            fixture.time.advance(by: .seconds(998))
            await service.forgetOldJobs()
            #expect(try service.jobs().map(\.id) == [ids[3], ids[2], queued])
            fixture.time.advance(by: .seconds(1))
            await service.forgetOldJobs()
            #expect(try service.jobs().map(\.id) == [ids[3], queued])
            fixture.time.advance(by: .seconds(5_000))
            await service.forgetOldJobs()
            #expect(try service.jobs().map(\.id) == [queued])
        }
    }

    @Test
    func resultsGoWithTheirSource() async throws {
        try await JobFixture.run { fixture in
            for key in ["a", "b"] { try await fixture.put(key, key) }
            let service = fixture.service([Self.copying])
            try await service.whileRunning { try await service.ended(try await service.submit(try .files("a", "b"))) }
            // Replacing it is no end of it.
            try await fixture.put("b", "other")
            try await fixture.store.delete(bucket: .default, key: FileKey("a"))
            await service.removeOrphans()
            #expect(try fixture.keys() == [".derived/test/b/copy.bin", "b"])
        }
    }

    @Test
    func resultsOfAnOrdinaryPipelineStay() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [.copy])])
            try await service.whileRunning { try await service.ended(try await service.submit(try .files("a"))) }
            try await fixture.store.delete(bucket: .default, key: FileKey("a"))
            await service.removeOrphans()
            #expect(try fixture.keys() == [".derived/test/a/copy.bin"])
        }
    }

    private struct Refused: Error {}

    @Test
    func endIsToldUntilItIsTakenAtMostThreeTimes() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let told = Collected<String>()
            let callback = JobCallback { url, document in
                told.add("\(url) \(document.state.rawValue)")
                guard url == "flaky", told.all.filter({ $0.hasPrefix("flaky") }).count == 2 else { throw Refused() }
            }
            let clock = StepClock()
            func hasFailed() -> Bool {
                fixture.events.all.contains { if case .callbackFailed = $0 { true } else { false } }
            }
            let service = fixture.service([Self.copying], callback: callback, clock: clock)
            try await service.whileRunning {
                for url in ["flaky", "never"] {
                    var request = try JobRequest.files("a")
                    request.callbackURL = url
                    try await service.ended(try await service.submit(request))
                }
                while told.all.count < 5 || !hasFailed() {
                    clock.advance(by: .seconds(1))
                    await Task.yield()
                }
            }
            #expect(told.all.filter { $0 == "flaky succeeded" }.count == 2)
            #expect(told.all.filter { $0 == "never succeeded" }.count == 3)
            #expect(fixture.events.all.filter { if case .callbackFailed = $0 { true } else { false } }.count == 1)
        }
    }

    @Test
    func endIsToldNoMoreThanThreeTimesAcrossStarts() async throws {
        try await JobFixture.run { fixture in
            let (told, clock) = (Collected<String>(), StepClock())
            let callback = JobCallback { _, document in
                told.add(document.id)
                throw Refused()
            }
            func service() -> ProcessingService {
                fixture.service([Self.copying], callback: callback, clock: clock)
            }
            var request = try JobRequest.files("a")
            request.callbackURL = "url"
            let first = service()
            let job = try await first.submit(request)
            try await first.cancel(job.id)
            // Stopped in the pause after each time; the clock stands still, so that none of them ends.
            for count in 1...2 {
                try await service().whileRunning {
                    while told.all.count < count { await Task.yield() }
                }
                #expect(told.all.count == count)
            }
            try await service().whileRunning {
                while fixture.events.all.count < 2 { await Task.yield() }
            }
            #expect(told.all.count == 3)
            #expect(fixture.events.all.filter { if case .callbackFailed = $0 { true } else { false } }.count == 1)
            // There is nothing left to tell.
            #expect(try fixture.catalog.jobsToTell(limit: 1).isEmpty)
        }
    }

    @Test
    func endThatWasNotToldIsToldAfterTheNextStart() async throws {
        try await JobFixture.run { fixture in
            let told = Collected<String>()
            let callback = JobCallback { url, document in told.add(document.id) }
            let silent = fixture.service([Self.copying], callback: callback)
            var request = try JobRequest.files("a")
            request.callbackURL = "url"
            let job = try await silent.submit(request)
            try await silent.cancel(job.id)
            #expect(told.all.isEmpty)
            let service = fixture.service([Self.copying], callback: callback)
            try await service.whileRunning {
                while told.all.isEmpty { await Task.yield() }
            }
            #expect(told.all == [job.id])
        }
    }

    @Test
    func addressInsideIsToldOnceThatItIsRefused() async throws {
        try await JobFixture.run { fixture in
            let callback = JobCallback(OutgoingPost()) { Array($0.id.utf8) }
            let service = fixture.service([Self.copying], callback: callback)
            var request = try JobRequest.files("a")
            request.callbackURL = "ftp://example.org"
            let bad = request
            #expect(await processingCode { _ = try await service.submit(bad) } == .invalidJob)
            request.callbackURL = "http://127.0.0.1:1/"
            let job = try await service.submit(request)
            try await service.cancel(job.id)
            try await service.whileRunning {
                while fixture.events.all.count < 2 { await Task.yield() }
            }
            let messages = fixture.events.all.compactMap { event -> String? in
                if case .callbackFailed(job.id, let message) = event { message } else { nil }
            }
            #expect(messages.count == 1)
            #expect(messages.first?.contains("not allowed") == true)
        }
    }
}
