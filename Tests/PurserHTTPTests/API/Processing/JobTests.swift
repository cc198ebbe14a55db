import Foundation
import NIOHTTP1
import Purser
import PurserTestSupport
import Testing

@testable import PurserHTTP

/// Jobs over HTTP, from the upload to the results.
@Suite(.timeLimit(.minutes(3)))
struct JobTests {
    @Test func resultsAreFilesBesideTheirSource() async throws {
        try await JobClient.run { client in
            try await client.http.store("scans/a.txt", Data("hello".utf8), ["Content-Type": "text/plain"])
            let started = try await client.start(#"{"pipeline":"copy","inputs":[{"key":"scans/a.txt"}]}"#)
            #expect(started.id == started.operationId && started.priority == "batch")
            let updates = try await client.events(started.id)
            let job = try #require(updates.last)
            #expect(job.state == "succeeded" && job.progress?.fraction == 1)
            #expect(updates.dropLast().allSatisfy { ["queued", "running"].contains($0.state) })
            #expect(job.files.total == 1 && job.files.succeeded == 1 && job.files.failed == 0)
            let report = try await client.report(job.id)
            let item = try #require(report.items.first)
            #expect(item.key == "scans/a.txt" && item.bucket == "default" && item.state == "succeeded")
            #expect(item.steps.map(\.name) == ["copying"] && item.steps[0].state == "succeeded")
            #expect(item.outputs.map(\.key) == [".derived/copy/scans/a.txt/copy.txt"])
            let target = OptimizerClient.target(of: ".derived/copy/scans/a.txt/copy.txt")
            let copy = try await client.http.send(.GET, target)
            #expect(copy.body == Data("hello".utf8) && copy.headers.first(name: "Content-Type") == "text/plain")
            let history = try await client.http.send(.GET, "/v1/jobs/\(job.id)/history")
            #expect(history.status == 200 && String(decoding: history.body, as: UTF8.self).contains("succeeded"))
        }
    }

    @Test func sameContentUnderAnotherNameIsNotProcessedAgain() async throws {
        try await JobClient.run { client in
            for key in ["a.txt", "b.txt"] { try await client.http.store(key, Data("the same".utf8)) }
            let first = try await client.end(of: client.start(#"{"pipeline":"copy","inputs":[{"key":"a.txt"}]}"#))
            let second = try await client.end(of: client.start(#"{"pipeline":"copy","inputs":[{"key":"b.txt"}]}"#))
            #expect(first.files.cached == 0 && second.files.cached == 1 && second.state == "succeeded")
            #expect(try await client.report(second.id).items.first?.steps.first?.cached == true)
            let metrics = try client.http.api.manager.monitor.metricsDocument().processing
            #expect(metrics.cache.memory.hits + metrics.cache.disk.hits == 1 && metrics.cache.disk.results == 1)
            #expect(metrics.tools["cp"]?.runs == 1)
        }
    }

    @Test func oneBadFileOfFiftyStopsNoOther() async throws {
        try await JobClient.run { client in
            for number in 10..<60 {
                let text = number == 33 ? "bad" : "good \(number)"
                try await client.http.store("batch/\(number)", Data(text.utf8))
            }
            try await client.http.store("elsewhere", Data("bad".utf8))
            let job = try await client.end(of: client.start(#"{"pipeline":"good","prefix":"batch/"}"#))
            #expect(job.state == "succeeded")
            #expect(job.files.total == 50 && job.files.succeeded == 49 && job.files.failed == 1)
            let first = try await client.report(job.id, "?limit=30")
            let cursor = try #require(first.nextCursor)
            let second = try await client.report(job.id, "?limit=30&cursor=\(cursor)")
            let items = first.items + second.items
            #expect(items.map(\.key) == (10..<60).map { "batch/\($0)" } && second.nextCursor == nil)
            let failed = items.filter { $0.state == "failed" }
            #expect(failed.map(\.key) == ["batch/33"])
            #expect(failed.first?.error?.step == "looking" && failed.first?.error?.message.isEmpty == false)
            let code = try #require(failed.first?.error?.code)
            let errors = client.http.api.manager.errors(code: code)
            #expect(errors.count == 1 && errors.first?.context["pipeline"] == "good")
            #expect(client.http.api.manager.performanceSummary().kinds.first { $0.kind == "process" }?.count == 50)
        }
    }

    @Test func cancelledJobEndsAtOnceAndLeavesNothing() async throws {
        try await JobClient.run { client in
            try await client.http.store("a", Data("x".utf8))
            let started = try await client.start(#"{"pipeline":"slow","inputs":[{"key":"a"}]}"#)
            let manager = client.http.api.manager
            try await eventually("the program runs") {
                manager.pipelineHost.figures().tools.contains { $0.program == "sleep" && $0.running == 1 }
            }
            let begun = ContinuousClock.now
            let answer = try await client.http.send(.DELETE, "/v1/jobs/\(started.id)")
            #expect(answer.status == 202)
            let job = try await client.end(of: started)
            #expect(job.state == "cancelled" && job.error?.code == "operation_cancelled")
            // The program would go on for 50 s; a second is the promise, the rest for a loaded machine.
            #expect(ContinuousClock.now - begun < .seconds(10))
            #expect(manager.pipelineHost.figures().tools.allSatisfy { $0.running == 0 })
            #expect(try await client.report(job.id).items.map(\.state) == ["cancelled"])
            try await eventually("nothing is left") { try Footprint(of: manager).isAtRest }
            let again = try await client.http.send(.DELETE, "/v1/jobs/\(started.id)")
            #expect(again.status == 409 && again.code == "job_ended")
        }
    }

    @Test func aJobIsAnOperationFromTheBeginning() async throws {
        // Nothing is run: the job waits.
        try await JobClient.run {
            $0.processing.isEnabled = false
        } _: { client in
            try await client.http.store("a", Data("x".utf8))
            let job = try await client.start(#"{"pipeline":"copy","inputs":[{"key":"a"}]}"#)
            let operation = try await client.http.send(.GET, "/v1/operations/\(job.operationId)")
            #expect(operation.status == 200)
            #expect(String(decoding: operation.body, as: UTF8.self).contains(#""kind":"process""#))
            #expect(try await client.http.send(.GET, "/v1/operations/\(job.id)/history").status == 200)
            #expect(try await client.http.send(.DELETE, "/v1/operations/\(job.id)").status == 202)
            #expect(try await client.job(job.id).state == "cancelled")
        }
    }

    @Test func repeatedRequestIsTheSameJob() async throws {
        try await JobClient.run { client in
            try await client.http.store("a", Data("x".utf8))
            let body = #"{"pipeline":"copy","inputs":[{"key":"a"}]}"#
            let first = try await client.start(body, ["Idempotency-Key": "\"order 7\""])
            let second = try await client.start(body, ["Idempotency-Key": "order 7"])
            let third = try await client.start(
                #"{"pipeline":"copy","inputs":[{"key":"a"}],"idempotency_key":"order 7"}"#
            )
            #expect(second.id == first.id && third.id == first.id)
            let other = try await client.post(
                #"{"pipeline":"good","inputs":[{"key":"a"}],"idempotency_key":"order 7"}"#
            )
            #expect(other.status == 409 && other.code == "idempotency_conflict")
            try await client.end(of: first)
            let list = try await client.http.send(.GET, "/v1/jobs").document(ProcessingJobListDocument.self)
            #expect(list.jobs.map(\.id) == [first.id] && list.nextCursor == nil)
        }
    }

    @Test func jobsAreListedByStateAndPipeline() async throws {
        try await JobClient.run { client in
            try await client.http.store("a", Data("good".utf8))
            for pipeline in ["copy", "good", "copy"] {
                try await client.end(of: client.start(#"{"pipeline":"\#(pipeline)","inputs":[{"key":"a"}]}"#))
            }
            let failed = try await client.end(of: client.start(#"{"pipeline":"copy","inputs":[{"key":"absent"}]}"#))
            #expect(failed.state == "failed" && failed.error?.code == "no_results")
            func list(_ query: String) async throws -> ProcessingJobListDocument {
                try await client.http.send(.GET, "/v1/jobs\(query)").document(ProcessingJobListDocument.self)
            }
            #expect(try await list("?pipeline=copy").jobs.count == 3)
            #expect(try await list("?pipeline=copy&state=succeeded").jobs.count == 2)
            #expect(try await list("?state=failed").jobs.map(\.id) == [failed.id])
            let page = try await list("?limit=3")
            let cursor = try #require(page.nextCursor)
            #expect(page.jobs.first?.id == failed.id)
            #expect(try await list("?limit=3&cursor=\(cursor)").jobs.map(\.pipeline) == ["copy"])
        }
    }

    @Test func uploadStartsTheJobOfItsTriggerAndResultsStartNone() async throws {
        let trigger = ProcessingTrigger(name: "all", event: .upload, pipeline: "copy", types: ["text/*"])
        try await JobClient.run {
            $0.processing.jobs.triggers = [trigger]
        } _: { client in
            try await client.http.store("a.txt", Data("x".utf8), ["Content-Type": "text/plain"])
            try await client.http.store("a.bin", Data("x".utf8), ["Content-Type": "application/zip"])
            let list = try await client.http.send(.GET, "/v1/jobs").document(ProcessingJobListDocument.self)
            let job = try #require(list.jobs.first)
            #expect(list.jobs.count == 1 && job.trigger == "all")
            #expect(try await client.end(of: job).state == "succeeded")
            let after = try await client.http.send(.GET, "/v1/jobs").document(ProcessingJobListDocument.self)
            #expect(after.jobs.count == 1)
        }
    }
}
