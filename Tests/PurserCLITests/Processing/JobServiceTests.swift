import Foundation
import Purser
import PurserIdentifiers
import Synchronization
import Testing

@testable import PurserCLI

/// Jobs as commands see them, whichever way the service is reached.
@Suite("The jobs behind the commands", .timeLimit(.minutes(2)))
struct JobServiceTests {
    private static func store(_ live: LiveService) async throws {
        for (key, text) in [("in/a", "xgood"), ("in/b", "bad"), ("in/c", "very xgood")] {
            try await live.manager.upload(to: "default", key: key, bytes: Array(text.utf8))
        }
    }

    private static func ended(_ submission: JobSubmission, _ service: any StorageService) async throws -> JobSummary {
        let begun = try JobSummary.read(try await service.startJob(submission))
        let fractions = Mutex<[Double]>([])
        try await service.followJob(begun.id) { job in fractions.withLock { $0.append(job.runProgress.fraction) } }
        #expect(fractions.withLock { $0 }.allSatisfy { (0...1).contains($0) })
        #expect(fractions.withLock { !$0.isEmpty }, "it was told how far it is")
        return try JobSummary.read(try await service.job(begun.id))
    }

    private static func items(_ id: String, _ service: any StorageService) async throws -> [JobItemSummary] {
        let items = Mutex<[JobItemSummary]>([])
        try await JobReportSummary.pages(of: id, from: service) { page in items.withLock { $0 += page } }
        return items.withLock { $0 }
    }

    @Test(arguments: LiveService.Way.allCases)
    func aJobIsTheSameWithAndWithoutAServer(_ way: LiveService.Way) async throws {
        try await LiveService.run(way, TestPipelines.add) { live in
            try await Self.store(live)
            var submission = JobSubmission(pipeline: "pick")
            submission.prefix = FilePrefix(bucket: .default, prefix: "in/")
            submission.priority = .interactive
            submission.parameters = ["word": .text("good"), "lines": .integer(2)]
            let job = try await Self.ended(submission, live.service)
            #expect(job.state == "succeeded" && job.isOver)
            #expect(job.files.total == 3 && job.files.succeeded == 2 && job.files.failed == 1)
            let items = try await Self.items(job.id, live.service)
            #expect(items.map(\.key) == ["in/a", "in/b", "in/c"])
            #expect(items.map(\.isFailed) == [false, true, false])
            #expect(items[1].error?.code == "tool_failed" && items[1].error?.step == "pick")
            let history = try RemoteService.decode(
                OperationHistoryDocument.self,
                from: try await live.service.jobHistory(job.id)
            )
            #expect(history.entries.first?.state == "queued" && history.entries.last?.state == "succeeded")
        }
    }

    @Test(arguments: LiveService.Way.allCases)
    func aCopyIsMadeOnceForEachContent(_ way: LiveService.Way) async throws {
        try await LiveService.run(way, TestPipelines.add) { live in
            try await Self.store(live)
            let place = try FilePlace("in/a")
            let first = try await Self.ended(JobSubmission(pipeline: "copy", inputs: [place]), live.service)
            #expect(first.files.succeeded == 1 && first.files.cached == 0)
            let items = try await Self.items(first.id, live.service)
            let output = try #require(items.first?.outputs.first)
            #expect(output.key == ".derived/copy/in/a/copy")
            #expect(try await live.service.file(FilePlace(output.key)).size == 5)
            let second = try await Self.ended(JobSubmission(pipeline: "copy", inputs: [place]), live.service)
            #expect(second.files.succeeded == 1 && second.files.cached == 1)
            let list = try RemoteService.decode(
                JobSummaryList.self,
                from: try await live.service.jobs(JobQuery(pipeline: "copy", limit: 10)),
                by: DocumentCoding.decode
            )
            #expect(list.jobs.map(\.id) == [second.id, first.id])
        }
    }

    @Test(arguments: LiveService.Way.allCases)
    func whatCannotBeIsRefused(_ way: LiveService.Way) async throws {
        try await LiveService.run(way, TestPipelines.add) { live in
            try await Self.store(live)
            func code(_ body: () async throws -> Void) async -> String? {
                let error = await #expect(throws: (any Error).self) { try await body() }
                return error.map { CommandError(describing: $0) }?.code
            }
            let service = live.service
            let place = try FilePlace("in/a")
            let job = try await Self.ended(JobSubmission(pipeline: "copy", inputs: [place]), service)
            let codes = [
                await code { _ = try await service.startJob(JobSubmission(pipeline: "none", inputs: [place])) },
                await code { _ = try await service.startJob(JobSubmission(pipeline: "missing", inputs: [place])) },
                await code { _ = try await service.job("none") },
                await code { _ = try await service.jobReport("none", after: nil, limit: 1) },
                await code { _ = try await service.cancelJob(job.id) },
            ]
            #expect(
                codes == [
                    "pipeline_not_found", "pipeline_unavailable", "job_not_found", "job_not_found", "job_ended",
                ]
            )
        }
    }

    @Test(arguments: LiveService.Way.allCases)
    func pipelinesSayWhatTheyLack(_ way: LiveService.Way) async throws {
        try await LiveService.run(way, TestPipelines.add) { live in
            let list = try await PipelineSummaryList.fetch(from: live.service)
            #expect(list.pipelines.map(\.name) == ["copy", "missing", "pick"])
            let missing = try list.pipeline("missing")
            #expect(missing.state == "unavailable" && missing.reason?.contains("no-such-package") == true)
            let pick = try list.pipeline("pick")
            #expect(pick.parameters.map(\.name).sorted() == ["lines", "word"])
            let flags = try #require(SettingFlag(argument: "lines=3"))
            #expect(try JobParameters.values([flags], of: pick) == ["lines": .integer(3)])
            for wrong in ["lines=many", "words=good"] {
                let flag = try #require(SettingFlag(argument: wrong))
                #expect(throws: CommandError.self) { try JobParameters.values([flag], of: pick) }
            }
            let plan = try RemoteService.decode(
                JobPlanSummary.self,
                from: try await live.service.planJob(count: 100, averageBytes: 1_000_000)
            )
            #expect(plan.workers >= 1 && plan.batch >= 1 && !plan.why.isEmpty)
        }
    }
}
