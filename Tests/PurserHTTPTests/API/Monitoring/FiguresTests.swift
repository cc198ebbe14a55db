import Foundation
import Purser
import PurserTestSupport
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// What the figures say is what the test did: counts and bytes exactly.
    @Suite(.timeLimit(.minutes(1))) struct FiguresTests {
        private static func document(_ api: LiveAPI, _ path: String) async throws -> JSONValue {
            let answer = try await api.call("GET", path)
            try #require(answer.status == 200, "\(answer.body)")
            return try JSONValue(json: answer.body.utf8)
        }

        /// The figures of a kind: how many ended how, and bytes.
        private static func expectKind(
            _ api: LiveAPI,
            _ kind: String,
            _ expected: [String: Double],
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let names = ["count", "succeeded", "failed", "cancelled", "timed_out", "refused", "bytes"]
            let document = try await Self.document(api, "/v1/performance")
            let figures = try #require(document["operations", kind], sourceLocation: sourceLocation)
            let found = Dictionary(uniqueKeysWithValues: names.map { ($0, figures[$0]?.number ?? -1) })
            let all = Dictionary(uniqueKeysWithValues: names.map { ($0, expected[$0] ?? 0) })
            #expect(found == all, "\(kind)", sourceLocation: sourceLocation)

            let text = try await Exposition(api)
            for state in ["succeeded", "failed", "cancelled", "timed_out", "refused"] {
                let name = "purser_operations_total{kind=\"\(kind)\",state=\"\(state)\"}"
                #expect(text[name] == all[state], sourceLocation: sourceLocation)
            }
            let bytes = text["purser_operation_bytes_total{kind=\"\(kind)\"}"]
            #expect(bytes == all["bytes"], sourceLocation: sourceLocation)
        }

        @Test func transfersAreCountedToTheByte() async throws {
            try await LiveAPI.run { api in
                let small = String(repeating: "s", count: 1_234)
                let large = String(repeating: "l", count: 1_500_007)
                try await api.store("small", small)
                try await api.store("large", large)
                try await api.store("same", large)
                #expect(try await api.call("GET", "/v1/buckets/default/files/small").body == small)
                #expect(try await api.call("GET", "/v1/buckets/default/files/large").body.utf8.count == 1_500_007)
                let range = try await api.call("GET", "/v1/buckets/default/files/large", ["Range: bytes=10-29"])
                #expect(range.status == 206 && range.body.utf8.count == 20)
                let copy = ["X-Copy-From: default/small"]
                #expect(try await api.call("PUT", "/v1/buckets/default/files/copy", copy).status == 201)
                #expect(try await api.call("DELETE", "/v1/buckets/default/files/copy").status == 204)
                #expect(try await api.call("GET", "/v1/buckets/default/files?prefix=s").status == 200)
                try await api.isAtRest()

                let up = Double(1_234 + 2 * 1_500_007)
                try await Self.expectKind(api, "upload", ["count": 3, "succeeded": 3, "bytes": up])
                let down = Double(1_234 + 1_500_007 + 20)
                try await Self.expectKind(api, "download", ["count": 3, "succeeded": 3, "bytes": down])
                try await Self.expectKind(api, "delete", ["count": 1, "succeeded": 1])

                let document = try await Self.document(api, "/v1/metrics")
                #expect(document["storage", "files"] == .number(3))
                #expect(document["storage", "logical_bytes"] == .number(up))
                #expect(document["storage", "distinct_bytes"] == .number(1_234 + 1_500_007))
                try await Self.expectKind(api, "list", ["count": 1, "succeeded": 1])
                #expect(document["performance", "summary"]?["total_operations"] == .number(9))
                #expect(document["performance", "summary"]?["overall_success_rate_percent"] == .number(100))
                #expect(document["metrics", "response_time"]?["count"] == .number(9))
                #expect(document["metrics", "error_rate_percent"]?["mean"] == .number(0))
                #expect(document["metrics", "search_response_time"]?["count"] == .number(1))
                #expect(document["metrics", "queue_wait"]?["count"] == .number(8))
                #expect(document["errors", "total"] == .number(0))
                let received = try #require(document["machine", "network"]?["received_bytes"]?.number)
                #expect(received > up)
                #expect(document["machine", "network"]?["sent_bytes"]?.number ?? 0 > down)

                let text = try await Exposition(api)
                #expect(text["purser_files"] == 3 && text["purser_logical_bytes"] == up)
                #expect(text["purser_operation_duration_seconds_count{kind=\"upload\"}"] == 3)
            }
        }

        @Test func failuresAreCountedByTheirCode() async throws {
            try await LiveAPI.run { api in
                let digest = ["Repr-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"]
                for _ in 0..<2 {
                    let answer = try await api.call("PUT", "/v1/buckets/default/files/a", digest, body: "again")
                    try answer.expectProblem(422, "digest_mismatch")
                }
                try await api.call("DELETE", "/v1/buckets/default/files/absent").expectProblem(404, "file_not_found")
                try await api.isAtRest()
                try await Self.expectKind(api, "upload", ["count": 2, "failed": 2, "bytes": 10])
                try await Self.expectKind(api, "delete", ["count": 1, "failed": 1])

                let document = try await Self.document(api, "/v1/performance")
                let errors = document["operations", "upload"]?["errors"]?.elements
                #expect(errors?.map { $0["code"]?.text } == ["digest_mismatch"])
                #expect(errors?.first?["count"] == .number(2))
                #expect(errors?.first?["last_message"]?.text?.isEmpty == false)
                #expect(document["summary", "overall_success_rate_percent"] == .number(0))

                let text = try await Exposition(api)
                #expect(text["purser_operation_errors_total{kind=\"upload\",code=\"digest_mismatch\"}"] == 2)
                #expect(text["purser_errors_total{severity=\"medium\"}"] == 2)
                #expect(text["purser_errors_total{severity=\"low\"}"] == 1)

                let all = try await Self.document(api, "/v1/errors")["errors"]?.elements ?? []
                #expect(all.map { $0["code"]?.text } == ["file_not_found", "digest_mismatch", "digest_mismatch"])
                #expect(all.map { $0["id"]?.number } == [3, 2, 1])
                let medium = try await Self.document(api, "/v1/errors?severity=medium&limit=1")["errors"]?.elements
                #expect(medium?.map { $0["id"]?.number } == [2])
                let coded = try await Self.document(api, "/v1/errors?code=file_not_found")["errors"]?.elements
                #expect(coded?.map { $0["kind"]?.text } == ["delete"])
                try await api.call("GET", "/v1/errors?severity=bad").expectProblem(400, "invalid_parameter")
                try await api.call("GET", "/v1/errors?limit=1001").expectProblem(400, "invalid_parameter")
            }
        }

        @Test func cancelsAndRefusalsAreNoFailures() async throws {
            let small: (inout LiveAPI.Settings) -> Void = {
                $0.purser.resources.maxConcurrentOperations = 1
                $0.purser.resources.queueCapacity = 0
            }
            try await LiveAPI.run(small) { api in
                try await api.withSlotTaken { holder, id in
                    for _ in 0..<3 {
                        let answer = try await api.call("PUT", "/v1/buckets/default/files/a", body: "x")
                        try answer.expectProblem(503, "queue_full")
                    }
                    #expect(try await api.call("DELETE", "/v1/operations/\(id)").status == 202)
                    try await holder.answer().expectProblem(409, "operation_cancelled")
                }
                try await api.isAtRest()
                try await Self.expectKind(api, "upload", ["count": 4, "cancelled": 1, "refused": 3])
                let document = try await Self.document(api, "/v1/performance")
                #expect(document["summary", "overall_success_rate_percent"] == .null)
                #expect(document["operations", "upload"]?["duration_seconds"]?["count"] == .number(1))
                let finished = try await Self.document(api, "/v1/performance/operations?kind=upload&limit=2")
                #expect(finished["operations"]?.elements.first?["state"] == .string("cancelled"))
                #expect(finished["operations"]?.elements.map { $0["is_refused"] } == [.bool(false), .bool(true)])
                #expect(finished["operations"]?.elements.last?["error", "code"] == .string("queue_full"))
            }
        }
    }
}

/// The lines of `GET /metrics` by what stands before their value.
struct Exposition {
    var text: String
    private var values: [String: Double] = [:]

    init(_ api: LiveAPI) async throws {
        let answer = try await api.call("GET", "/metrics")
        try #require(answer.status == 200)
        try self.init(answer.body)
    }

    init(_ text: String) throws {
        self.text = text
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let space = try #require(line.lastIndex(of: " "), "\(line)")
            let value = try #require(Double(line[space...].dropFirst()), "\(line)")
            try #require(self.values.updateValue(value, forKey: String(line[..<space])) == nil, "twice: \(line)")
        }
    }

    subscript(_ sample: String) -> Double? { self.values[sample] }

    /// The values that a label has.
    func values(of label: String) -> Set<String> {
        Set(
            self.values.keys.flatMap { sample in
                sample.matches(of: /([a-z_]+)="([^"]*)"/).filter { $0.1 == label[...] }.map { String($0.2) }
            }
        )
    }
}
