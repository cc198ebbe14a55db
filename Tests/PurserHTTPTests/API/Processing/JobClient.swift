import Foundation
import NIOHTTP1
import Purser
import Testing

@testable import PurserHTTP

/// Pipelines of programs that every machine has.
enum SamplePipelines {
    /// Copies a file.
    static let copy = """
        name: copy
        version: "1"
        description: Copies a file
        parameters:
          label: {type: string, default: none}
        steps:
          - name: copying
            uses: exec
            with: {program: cp, arguments: ["{input}", "{output:copy.txt}"], outputs: [{name: copy.txt, content_type: text/plain}]}
        """

    /// Takes files that contain the word good.
    static let good = """
        name: good
        version: "1"
        steps:
          - name: looking
            uses: exec
            with: {program: grep, arguments: [-q, good, "{input}"]}
        """

    /// Takes its time.
    static let slow = """
        name: slow
        version: "1"
        steps:
          - name: sleeping
            uses: exec
            with: {program: sleep, arguments: ["50"], cache: false}
        """

    /// Needs a program that no machine has.
    static let missing = """
        name: missing
        version: "1"
        steps:
          - name: looking
            uses: exec
            with: {program: purser-has-no-such-program, package: purser-no-such-package}
        """

    static func all() throws -> [Pipeline] {
        try [Self.copy, Self.good, Self.slow, Self.missing].map { try Pipeline.read($0, file: "sample.yaml") }
    }
}

/// Talks about jobs to a server of its own.
struct JobClient {
    let http: OptimizerClient

    /// Serves a store with the sample pipelines for the time of the body.
    static func run(
        _ change: (inout PurserConfiguration) -> Void = { _ in },
        _ body: (JobClient) async throws -> Void
    ) async throws {
        let pipelines = try SamplePipelines.all()
        try await OptimizerClient.run { configuration in
            configuration.processing.pipelines = pipelines
            change(&configuration)
        } _: { http in
            try await body(JobClient(http: http))
        }
    }

    func post(_ body: String, _ fields: HTTPHeaders = [:]) async throws -> OptimizerClient.Answer {
        try await self.http.send(.POST, "/v1/jobs", fields, Data(body.utf8))
    }

    /// Starts a job that must be taken.
    func start(_ body: String, _ fields: HTTPHeaders = [:]) async throws -> ProcessingJobDocument {
        let answer = try await self.post(body, fields)
        try #require(answer.status == 202, "\(String(decoding: answer.body, as: UTF8.self))")
        let job = try answer.document(ProcessingJobDocument.self)
        #expect(answer.headers.first(name: "Location") == "/v1/jobs/\(job.id)")
        return job
    }

    func job(_ id: String) async throws -> ProcessingJobDocument {
        let answer = try await self.http.send(.GET, "/v1/jobs/\(id)")
        try #require(answer.status == 200)
        return try answer.document(ProcessingJobDocument.self)
    }

    func report(_ id: String, _ query: String = "") async throws -> ProcessingReportDocument {
        let answer = try await self.http.send(.GET, "/v1/jobs/\(id)/report\(query)")
        try #require(answer.status == 200)
        return try answer.document(ProcessingReportDocument.self)
    }

    /// Waits for the end of a job by its stream of events, and returns what the stream said.
    func events(_ id: String) async throws -> [ProcessingJobDocument] {
        let answer = try await self.http.send(.GET, "/v1/jobs/\(id)/events")
        try #require(answer.status == 200)
        #expect(answer.headers.first(name: "Content-Type") == "text/event-stream")
        let lines = String(decoding: answer.body, as: UTF8.self).split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("event: ") }.allSatisfy { $0 == "event: job" })
        return try lines.filter { $0.hasPrefix("data: ") }.map {
            try DocumentCoding.decode(ProcessingJobDocument.self, from: Data($0.dropFirst("data: ".count).utf8))
        }
    }

    /// Waits for the end of a job.
    @discardableResult
    func end(of job: ProcessingJobDocument) async throws -> ProcessingJobDocument {
        try #require(try await self.events(job.id).last)
    }
}
