import Foundation
import NIOHTTP1
import Purser
import PurserTestSupport
import Testing

@testable import PurserHTTP

/// Jobs that are not taken, and why.
@Suite(.timeLimit(.minutes(3)))
struct JobRefusalTests {
    /// A request that is refused, with the status, the code and what the answer names.
    private static let refusals: [(body: String, status: Int, code: String, names: String)] = [
        (#"{"pipeline":"nope","inputs":[{"key":"a"}]}"#, 404, "pipeline_not_found", "nope"),
        (#"{"pipeline":"missing","inputs":[{"key":"a"}]}"#, 409, "pipeline_unavailable", "purser-no-such-package"),
        (#"{"pipeline":"copy"}"#, 400, "invalid_job", "prefix"),
        (#"{"pipeline":"copy","inputs":[{"key":"a"}],"prefix":"a"}"#, 400, "invalid_job", "prefix"),
        (#"{"pipeline":"copy","prefix":{"bucket":"absent","prefix":""}}"#, 404, "bucket_not_found", "absent"),
        (#"{"pipeline":"copy","prefix":"nothing/"}"#, 400, "invalid_job", "default"),
        (#"{"pipeline":"copy","inputs":[{"key":"a"}],"parameters":{"size":1}}"#, 400, "invalid_job", "size"),
        (#"{"pipeline":"copy","inputs":[{"key":"a"}],"parameters":{"label":1}}"#, 400, "invalid_job", "label"),
        (#"{"pipeline":"copy","inputs":[{"key":"a"}],"timeout":"0s"}"#, 400, "invalid_job", "timeout"),
        (#"{"pipeline":"copy","inputs":[{"key":"a"}],"timeout":"soon"}"#, 400, "invalid_document", "timeout"),
        (#"{"pipeline":"copy","inputs":[{"key":"a"}],"priority":"high"}"#, 400, "invalid_document", "priority"),
        (#"{"pipeline":"copy","inputs":[{"key":"a"}],"speed":1}"#, 400, "invalid_document", "speed"),
        (#"{"pipeline":"copy","inputs":[{"key":"a","size":1}]}"#, 400, "invalid_document", "size"),
        (#"{"pipeline":"copy","inputs":[{"bucket":"default"}]}"#, 400, "invalid_document", "inputs[0].key"),
        (#"{"pipeline":"copy","inputs":[{"key":""}]}"#, 400, "invalid_key", "key"),
        (#"{"pipeline":"copy","inputs":[{"bucket":"No","key":"a"}]}"#, 400, "invalid_bucket_name", "bucket"),
        (#"{"inputs":[{"key":"a"}]}"#, 400, "invalid_document", "pipeline"),
        (#"{"pipeline":"copy","inputs":[{"key":"a"}],"callback_url":"ftp://x/"}"#, 400, "invalid_job", "callback_url"),
        (
            #"{"pipeline":"copy","inputs":[{"key":"a"}],"callback_url":"http://127.0.0.1:1/"}"#, 400, "invalid_job",
            "allow_private_urls"
        ),
        (
            #"{"pipeline":"copy","inputs":[{"key":"a"}],"callback_url":"http://[::1]:1/"}"#, 400, "invalid_job",
            "allow_private_urls"
        ),
        (
            #"{"pipeline":"copy","inputs":[{"key":"a"}],"idempotency_key":""}"#, 400, "invalid_job", "idempotency"
        ),
        ("[]", 400, "invalid_document", "pipeline"),
    ]

    @Test func refusedJobIsNamedAndNotKept() async throws {
        try await JobClient.run { client in
            try await client.http.store("a", Data("x".utf8))
            for refusal in Self.refusals {
                let answer = try await client.post(refusal.body)
                #expect(answer.status == refusal.status && answer.code == refusal.code, "\(refusal.body)")
                let text = String(decoding: answer.body, as: UTF8.self)
                #expect(text.contains(refusal.names), "\(refusal.body): \(text)")
            }
            let list = try await client.http.send(.GET, "/v1/jobs").document(ProcessingJobListDocument.self)
            #expect(list.jobs.isEmpty)
        }
    }

    @Test func largeRequestsAreTakenUpToTheirBound() async throws {
        try await JobClient.run {
            $0.processing.isEnabled = false
        } _: { client in
            let inputs = (0..<10_001).map { #"{"key":"file-\#($0)"}"# }
            func body(_ count: Int) -> String {
                #"{"pipeline":"copy","inputs":[\#(inputs.prefix(count).joined(separator: ","))]}"#
            }
            let job = try await client.start(body(10_000))
            #expect(job.files.total == 10_000)
            let many = try await client.post(body(10_001))
            #expect(many.status == 400 && many.code == "too_many_inputs")
        }
    }

    @Test(arguments: ["", "/history", "/report", "/events"])
    func unknownJobIsNotFound(_ part: String) async throws {
        try await JobClient.run { client in
            let answer = try await client.http.send(.GET, "/v1/jobs/0192f0c1-2d3e-7abc-8def-0123456789ab\(part)")
            #expect(answer.status == 404 && answer.code == "job_not_found")
        }
    }

    @Test func pipelinesTellWhetherTheyCanRun() async throws {
        try await JobClient.run { client in
            let answer = try await client.http.send(.GET, "/v1/pipelines")
            let pipelines = try answer.document(PipelineListDocument.self).pipelines
            #expect(pipelines.map(\.name) == ["copy", "good", "missing", "slow"])
            #expect(pipelines.map(\.state) == ["available", "available", "unavailable", "available"])
            #expect(pipelines[2].reason?.contains("apt install purser-no-such-package") == true)
            #expect(pipelines[0].parameters.map(\.name) == ["label"] && pipelines[0].version == "1")
            #expect(pipelines[0].steps.map(\.uses) == ["exec"] && pipelines[0].steps.first?.tools == ["cp"])
        }
    }

    @Test func programsThatCanBeDoneWithoutAreWarnings() async throws {
        let text = """
            name: spare
            version: "1"
            steps:
              - name: first
                uses: exec
                with: {program: cat, arguments: ["{input}"]}
                memory: 80MiB
                on_error: {fallback: second}
              - name: second
                uses: exec
                with: {program: purser-has-no-such-program, package: purser-no-such-package}
            """
        let spare = try Pipeline.read(text, file: "spare.yaml")
        try await JobClient.run {
            $0.processing.pipelines.append(spare)
        } _: { client in
            let answer = try await client.http.send(.GET, "/v1/pipelines")
            let pipelines = try answer.document(PipelineListDocument.self).pipelines
            let found = try #require(pipelines.first { $0.name == "spare" })
            #expect(found.state == "available" && found.reason == nil)
            #expect(found.warnings.count == 1)
            #expect(found.warnings.first?.contains("apt install purser-no-such-package") == true)
            #expect(found.steps.map(\.memoryReservedBytes) == [20 << 20, 64 << 20])
            #expect(pipelines.first { $0.name == "copy" }?.warnings == [])
            // And it runs.
            try await client.http.store("a", Data("x".utf8))
            let job = try await client.start(#"{"pipeline":"spare","inputs":[{"key":"a"}]}"#)
            #expect(try await client.end(of: job).files.succeeded == 1)
        }
    }

    @Test func planSaysWhy() async throws {
        try await JobClient.run { client in
            func plan(_ body: String) async throws -> OptimizerClient.Answer {
                try await client.http.send(.POST, "/v1/jobs/plan", [:], Data(body.utf8))
            }
            let answer = try await plan(#"{"count":1000,"average_bytes":250000}"#)
            let document = try answer.document(ProcessingPlanDocument.self)
            let expected = client.http.api.manager.planProcessing(count: 1_000, averageBytes: 250_000)
            #expect(document.batch == expected.batch && document.workers >= 1 && !document.why.isEmpty)
            #expect(try await plan(#"{"count":0}"#).code == "invalid_document")
            #expect(try await plan(#"{"average_bytes":1}"#).code == "invalid_document")
        }
    }
}
