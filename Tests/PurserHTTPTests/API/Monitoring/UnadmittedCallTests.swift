import HTTPTypes
import Purser
import Testing

@testable import PurserHTTP

/// What never gets a slot is an operation all the same: counted by its kind, and by its code where it failed.
@Suite(.timeLimit(.minutes(1))) struct UnadmittedCallTests {
    /// A request, and what is to become of it.
    private struct Call {
        var method: HTTPRequest.Method
        var target: String
        var fields: TestAPI.Fields = [:]
        var body: String?
        var status: Int
        /// What it counts as.
        var kind: String
        /// The code of its failure; `nil` where it succeeds.
        var code: String?
    }

    private static let file = "/v1/buckets/default/files/"

    /// On a store with the files `a` and, without any bytes, `empty`.
    private static let downloads = [
        Call(method: .get, target: Self.file + "absent", status: 404, kind: "download", code: "file_not_found"),
        Call(method: .get, target: Self.file + "gone", status: 404, kind: "download", code: "file_not_found"),
        Call(
            method: .get,
            target: "/v1/buckets/absent/files/a",
            status: 404,
            kind: "download",
            code: "bucket_not_found"
        ),
        Call(method: .get, target: Self.file + "%zz", status: 400, kind: "download", code: "invalid_key"),
        Call(
            method: .get,
            target: Self.file + "a",
            fields: ["If-Match": "\"other\""],
            status: 412,
            kind: "download",
            code: "precondition_failed"
        ),
        Call(
            method: .get,
            target: Self.file + "a",
            fields: ["Range": "bytes=99-"],
            status: 416,
            kind: "download",
            code: "range_not_satisfiable"
        ),
        Call(method: .get, target: Self.file + "a", fields: ["If-None-Match": "*"], status: 304, kind: "download"),
        Call(method: .get, target: Self.file + "empty", status: 200, kind: "download"),
    ]

    private static let questions = [
        Call(method: .head, target: Self.file + "a", status: 200, kind: "stat"),
        Call(method: .head, target: Self.file + "a", fields: ["If-None-Match": "*"], status: 304, kind: "stat"),
        Call(method: .head, target: Self.file + "absent", status: 404, kind: "stat", code: "file_not_found"),
        Call(method: .get, target: "/v1/buckets/default/files?limit=1", status: 200, kind: "list"),
        Call(method: .get, target: "/v1/buckets/absent/files", status: 404, kind: "list", code: "bucket_not_found"),
        Call(
            method: .get,
            target: "/v1/buckets/default/files?limit=0",
            status: 400,
            kind: "list",
            code: "invalid_parameter"
        ),
        Call(method: .get, target: "/v1/buckets", status: 200, kind: "bucket"),
        Call(method: .put, target: "/v1/buckets/photos", status: 201, kind: "bucket"),
        Call(method: .get, target: "/v1/buckets/absent", status: 404, kind: "bucket", code: "bucket_not_found"),
        Call(method: .get, target: "/v1/buckets/No", status: 400, kind: "bucket", code: "invalid_bucket_name"),
        Call(method: .delete, target: "/v1/buckets/default", status: 409, kind: "bucket", code: "bucket_not_empty"),
        Call(method: .delete, target: "/v1/buckets/photos", status: 204, kind: "bucket"),
    ]

    private static let writes = [
        Call(method: .put, target: Self.file, body: "x", status: 400, kind: "upload", code: "invalid_key"),
        Call(
            method: .put,
            target: Self.file + "b",
            fields: ["Content-Encoding": "gzip"],
            body: "x",
            status: 415,
            kind: "upload",
            code: "unsupported_content_encoding"
        ),
        Call(
            method: .put,
            target: Self.file + "a",
            fields: ["If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"],
            body: "x",
            status: 412,
            kind: "upload",
            code: "precondition_failed"
        ),
        Call(
            method: .put,
            target: Self.file + "b",
            fields: ["X-Copy-From": "default"],
            status: 400,
            kind: "copy",
            code: "invalid_copy_source"
        ),
        Call(method: .delete, target: Self.file + "%zz", status: 400, kind: "delete", code: "invalid_key"),
    ]

    /// How many of a kind ended in which way.
    private struct Ends: Equatable {
        var succeeded: UInt64 = 0
        var errors: [String: UInt64] = [:]
    }

    private static func expectFigures(of calls: [Call], _ manager: FileStorageManager) throws {
        var expected: [String: Ends] = [:]
        for call in calls {
            if let code = call.code {
                expected[call.kind, default: Ends()].errors[code, default: 0] += 1
            } else {
                expected[call.kind, default: Ends()].succeeded += 1
            }
        }
        let summary = manager.performanceSummary()
        let found = summary.kinds.map { kind in
            let errors = kind.errors.map { ($0.code, $0.count) }
            return (kind.kind, Ends(succeeded: kind.succeeded, errors: Dictionary(errors) { $1 }))
        }
        #expect(Dictionary(found) { $1 } == expected)
        for kind in summary.kinds {
            #expect(kind.failed == kind.errors.reduce(0) { $0 + $1.count }, "\(kind.kind)")
            // The two uploads of the files alone had a slot, and moved bytes.
            let isUpload = kind.kind == "upload"
            #expect(kind.count == kind.succeeded + kind.failed && kind.bytes == (isUpload ? 5 : 0), "\(kind.kind)")
            #expect(kind.duration.count == kind.count && kind.wait.count == (isUpload ? 2 : 0), "\(kind.kind)")
        }
        #expect(summary.totalOperations == UInt64(calls.count))

        let failures = calls.filter { $0.code != nil }
        let entries = manager.errors()
        #expect(entries.reversed().map(\.code) == failures.map(\.code))
        #expect(entries.reversed().map(\.kind) == failures.map(\.kind))
        #expect(entries.allSatisfy { $0.severity == .low && $0.context["client"] == "local" })
        let metrics = manager.monitor.operations.performance
        #expect(metrics.summary(of: "response_time")?.count == UInt64(calls.count))
        #expect(metrics.summary(of: "queue_wait")?.count == 2)
        let judged = calls.filter { $0.kind != "stat" }
        let rates = metrics.samples(of: "error_rate_percent").map(\.value)
        #expect(rates.reversed() == judged.map { $0.code == nil ? 0 : 100 })
        let lists = calls.filter { $0.kind == "list" }
        #expect(metrics.summary(of: "search_response_time")?.count == UInt64(lists.count))
    }

    /// Runs a service with the files `a` and `empty`.
    private static func withFiles(
        _ change: (inout PurserConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestAPI) async throws -> Void
    ) async throws {
        try await TestAPI.run {
            change(&$0)
        } _: { api in
            try await api.store("a", "hello")
            try await api.store("empty", "")
            try await body(api)
        }
    }

    @Test func everyCallIsCountedOnceWithItsCode() async throws {
        let calls = Self.downloads + Self.questions + Self.writes
        try await Self.withFiles { api in
            let before = api.manager.resources.metrics().counts.granted
            for call in calls {
                let answer = try await api.send(call.method, call.target, call.fields, call.body)
                #expect(answer.status == call.status, "\(call.method) \(call.target): \(answer.text)")
            }
            #expect(api.manager.resources.metrics().counts.granted == before, "no slot was taken")
            let uploads = [
                Call(method: .put, target: "a", status: 201, kind: "upload"),
                Call(method: .put, target: "empty", status: 201, kind: "upload"),
            ]
            try Self.expectFigures(of: uploads + calls, api.manager)
        }
    }

    @Test func clientsIDLeadsToTheFailure() async throws {
        try await Self.withFiles { api in
            let id = "0192f0c1-2d3e-7abc-8def-0123456789ab"
            let answer = try await api.file(.get, "absent", ["X-Operation-Id": id])
            #expect(answer.status == 404)
            let entry = try #require(api.manager.errors().first)
            #expect(entry.operation?.description == id && entry.context["name"] == "default/absent")
            let report = try #require(api.manager.monitor.operations.ledger.latest(1).first)
            #expect(report.id.description == id && report.state == .failed && !report.isRefused && !report.takesSlot)

            // The id of another operation is not that of this one.
            try await api.store("b", "x", ["X-Operation-Id": id])
            try await api.file(.put, "b", ["X-Operation-Id": id], "x").expectProblem(409, "operation_exists")
            let taken = try #require(api.manager.errors().first)
            #expect(taken.code == "operation_exists" && taken.operation?.description != id)
        }
    }

    @Test func uploadThatIsTooLargeIsRefusedOnce() async throws {
        try await Self.withFiles {
            $0.resources.maxFileSize = 5
        } _: { api in
            try await api.file(.put, "b", ["Content-Length": "6"], "123456").expectProblem(413, "file_too_large")
            let upload = try #require(api.manager.performanceSummary().kinds.first { $0.kind == "upload" })
            #expect(upload.count == 3 && upload.succeeded == 2 && upload.refused == 1 && upload.failed == 0)
            #expect(api.manager.errors().map(\.code) == ["file_too_large"])
            #expect(api.manager.operations.list(limit: 10).snapshots.count == 2, "it is not remembered")
        }
    }

    @Test func jobAndRunThatAreNotTakenAreInTheLogOfErrors() async throws {
        try await Self.withFiles { api in
            let job = try await api.send(.post, "/v1/jobs", [:], #"{"pipeline":"absent","inputs":[{"key":"a"}]}"#)
            try job.expectProblem(404, "pipeline_not_found")
            let entry = try #require(api.manager.errors().first)
            #expect(entry.code == "pipeline_not_found" && entry.kind == "process" && entry.severity == .low)
            #expect(!api.manager.performanceSummary().kinds.contains { $0.kind == "process" })
        }
    }

    /// What is asked of the service itself is no operation.
    @Test func callsAboutTheServiceAreNotCounted() async throws {
        try await TestAPI.run { api in
            for target in [
                "/v1/system", "/v1/metrics", "/metrics", "/v1/operations", "/v1/alerts", "/healthz", "/nothing",
            ] {
                _ = try await api.send(.get, target)
            }
            _ = try await api.send(.patch, Self.file + "a")
            #expect(api.manager.performanceSummary().totalOperations == 0)
            #expect(api.manager.errors().isEmpty)
        }
    }

    @Test func monitorThatIsOffCountsNothing() async throws {
        try await TestAPI.run {
            $0.monitor.measuring.isEnabled = false
        } _: { api in
            try await api.file(.get, "absent").expectProblem(404, "file_not_found")
            #expect(api.manager.performanceSummary().totalOperations == 0 && api.manager.errors().isEmpty)
        }
    }
}
