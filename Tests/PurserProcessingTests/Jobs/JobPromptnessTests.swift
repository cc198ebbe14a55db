import PurserCatalog
import PurserOperations
import PurserTestSupport
import Testing

@testable import PurserProcessing

/// How soon a job ends: measured by the clock, so these tests run when no others do (`scripts/test.sh`).
@Suite(.timeLimit(.minutes(1)))
struct JobPromptnessTests {
    @Test
    func cancelledJobOfThousandFilesStopsWithinASecond() async throws {
        try await JobFixture.run { fixture in
            try await fixture.putMany(1_000, prefix: "f")
            let (begun, never) = (Gate(), Gate())
            let service = fixture.service([.blocking(begun, never, passes: 5)])
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
