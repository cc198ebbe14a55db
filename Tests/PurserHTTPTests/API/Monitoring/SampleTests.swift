import Foundation
import HTTPTypes
import Purser
import Testing

@testable import PurserHTTP

/// Samples that users send: taken, refused, or capped and counted.
@Suite(.timeLimit(.minutes(1))) struct SampleTests {
    private static let path = "/v1/performance/samples"

    private static func record(_ api: TestAPI, _ body: String) async throws -> APIAnswer {
        try await api.send(.post, Self.path, [:], body)
    }

    private static func metrics(_ api: TestAPI) async throws -> JSONValue {
        let answer = try await api.send(.get, "/v1/metrics")
        try #require(answer.status == 200)
        return try answer.json()
    }

    private static func exposition(_ api: TestAPI) async throws -> Exposition {
        try Exposition(try await api.send(.get, "/metrics").text)
    }

    @Test func sampleIsTaken() async throws {
        try await TestAPI.run { api in
            let bodies = [
                #"{"metric":"ocr.pages","value":12}"#,
                #"{"metric":"ocr.pages","value":-2.5,"tags":{"language":"de"},"context":{"page":"1"}}"#,
                "{\"metric\":\"ocr.pages\",\"value\":2,\"timestamp\":\"\(Date().rfc3339)\"}",
                "{\"metric\":\"ocr.pages\",\"value\":4,\"timestamp\":\"\(Date().timeIntervalSince1970)\"}",
            ]
            for body in bodies {
                let answer = try await Self.record(api, body)
                #expect(answer.status == 204 && answer.body.readableBytes == 0, "\(answer.text)")
            }
            let metric = try #require(try await Self.metrics(api)["metrics", "ocr.pages"])
            #expect(metric["count"] == .number(4) && metric["unit"] == .string("none"))
            #expect(metric["min"] == .number(-2.5) && metric["max"] == .number(12))
            let text = try await Self.exposition(api)
            #expect(text["purser_user_metric_count{metric=\"ocr.pages\"}"] == 4)
            #expect(text["purser_user_metric_sum{metric=\"ocr.pages\"}"] == 15.5)
        }
    }

    @Test func whatIsNoSampleIsRefused() async throws {
        let cases: [(String, Int, String)] = [
            ("", 400, "invalid_sample"), ("[]", 400, "invalid_sample"), ("{", 400, "invalid_sample"),
            (#"{"metric":"a"}"#, 400, "invalid_sample"), (#"{"value":1}"#, 400, "invalid_sample"),
            (#"{"metric":"a","value":NaN}"#, 400, "invalid_sample"),
            (#"{"metric":"a","value":Infinity}"#, 400, "invalid_sample"),
            (#"{"metric":"a","value":"NaN"}"#, 400, "invalid_sample"),
            (#"{"metric":"a","value":null}"#, 400, "invalid_sample"),
            (#"{"metric":"a","value":1e400}"#, 400, "invalid_sample"),
            (#"{"metric":"a","value":1e19}"#, 400, "invalid_metric_value"),
            (#"{"metric":"cpu_usage","value":-1}"#, 400, "invalid_metric_value"),
            (#"{"metric":"","value":1}"#, 400, "invalid_metric_name"),
            (#"{"metric":"Pages","value":1}"#, 400, "invalid_metric_name"),
            (#"{"metric":"a b","value":1}"#, 400, "invalid_metric_name"),
            (#"{"metric":"a\"} 1\n","value":1}"#, 400, "invalid_metric_name"),
            ("{\"metric\":\"\(String(repeating: "a", count: 65))\",\"value\":1}", 400, "invalid_metric_name"),
            (#"{"metric":"queue_wait","value":1}"#, 403, "reserved_metric_name"),
            (#"{"metric":"a","value":1,"timestamp":"2099-01-01T00:00:00Z"}"#, 400, "invalid_timestamp"),
            (#"{"metric":"a","value":1,"timestamp":"1970-01-01T00:00:00Z"}"#, 400, "invalid_timestamp"),
            (#"{"metric":"a","value":1,"timestamp":"-99999999999"}"#, 400, "invalid_timestamp"),
            (#"{"metric":"a","value":1,"timestamp":"tomorrow"}"#, 400, "invalid_parameter"),
            (#"{"metric":"a","value":1,"tags":{"A":"b"}}"#, 400, "invalid_tags"),
            (#"{"metric":"a","value":1,"tags":{"a":1}}"#, 400, "invalid_sample"),
            (
                "{\"metric\":\"a\",\"value\":1,\"tags\":{\"a\":\"\(String(repeating: "v", count: 129))\"}}", 400,
                "invalid_tags"
            ),
            (
                "{\"metric\":\"a\",\"value\":1,\"context\":{\"a\":\"\(String(repeating: "v", count: 1_024))\"}}", 413,
                "context_too_large"
            ),
            (
                "{\"metric\":\"a\",\"value\":1,\"context\":{\"a\":\"\(String(repeating: "v", count: 20_000))\"}}", 413,
                "sample_too_large"
            ),
        ]
        try await TestAPI.run { api in
            for (body, status, code) in cases {
                try await api.expectRefused(status, code, .post, Self.path, [:], body)
            }
            let document = try await Self.metrics(api)
            #expect(document["metrics", "a"] == nil, "a refused sample leaves no metric")
            // What is no JSON of a sample never gets as far as the monitor.
            let counted = cases.filter { !["invalid_sample", "invalid_parameter", "sample_too_large"].contains($0.2) }
                .count
            #expect(document["samples", "refused"] == .number(Double(counted)))
            let text = try await Self.exposition(api)
            let reasons = ["value", "name", "time", "tags", "too_many_metrics"]
            let sum = reasons.compactMap { text["purser_refused_samples_total{reason=\"\($0)\"}"] }.reduce(0, +)
            #expect(sum == Double(counted))
        }
    }

    @Test func tenThousandMetricNamesAreCapped() async throws {
        try await TestAPI.run { api in
            let before = try await Self.sizes(api)
            for number in 0..<10_000 {
                let answer = try await Self.record(api, "{\"metric\":\"m\(number)\",\"value\":1}")
                if number < 100 { #expect(answer.status == 204) }
                if number >= 100, answer.status != 409 || number == 100 {
                    try answer.expectProblem(409, "too_many_metrics")
                }
            }
            let document = try await Self.metrics(api)
            #expect(
                document["metrics"]?.members.keys.filter { $0.hasPrefix("m") && Int($0.dropFirst()) != nil }.count
                    == 100
            )
            #expect(document["samples", "refused"] == .number(9_900))
            #expect(
                try await Self.exposition(api)["purser_refused_samples_total{reason=\"too_many_metrics\"}"] == 9_900
            )
            let after = try await Self.sizes(api)
            // A metric takes some 300 bytes of the document, and a summary of six lines of the text.
            #expect(after.document < before.document + 100 * 400, "\(before) \(after)")
            #expect(after.text < before.text + 100 * 400, "\(before) \(after)")
        }
    }

    @Test func tenThousandTagValuesAreCapped() async throws {
        try await TestAPI.run { api in
            _ = try await Self.record(api, #"{"metric":"pages","value":1}"#)
            let before = try await Self.sizes(api)
            for number in 0..<10_000 {
                let body = "{\"metric\":\"pages\",\"value\":1,\"tags\":{\"file\":\"secret-\(number)\"}}"
                let answer = try await Self.record(api, body)
                if answer.status != 204 { Issue.record("\(number): \(answer.text)") }
            }
            let document = try await Self.metrics(api)
            #expect(document["metrics", "pages"]?["count"] == .number(10_001))
            #expect(document["samples", "folded_tag_sets"] == .number(9_000))
            let text = try await Self.exposition(api)
            #expect(text["purser_folded_tag_sets_total"] == 9_000)
            #expect(!text.text.contains("secret-"), "tags of users are no labels")
            let after = try await Self.sizes(api)
            #expect(after.document < before.document + 200, "\(before) \(after)")
            #expect(after.text < before.text + 200, "\(before) \(after)")
        }
    }

    private static func sizes(_ api: TestAPI) async throws -> (document: Int, text: Int) {
        let document = try await api.send(.get, "/v1/metrics").body.readableBytes
        return (document, try await api.send(.get, "/metrics").body.readableBytes)
    }

    @Test func seriesIsCheckedAndKnowsWhatThereIs() async throws {
        let series = "/v1/metrics/series"
        let cases = [
            ("", 400, "invalid_parameter"), ("?metric=No", 400, "invalid_metric_name"),
            ("?metric=absent", 404, "unknown_metric"), ("?metric=cpu_usage&step=90s", 400, "invalid_time_range"),
            ("?metric=cpu_usage&step=0s", 400, "invalid_parameter"),
            ("?metric=cpu_usage&from=soon", 400, "invalid_parameter"),
            ("?metric=cpu_usage&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 400, "invalid_time_range"),
            ("?metric=cpu_usage&from=0", 400, "too_many_points"),
            ("?metric=", 400, "invalid_metric_name"), ("?metric=cpu_usage&from=nan", 400, "invalid_parameter"),
            ("?metric=cpu_usage&from=1e300", 400, "invalid_parameter"),
            ("?metric=cpu_usage&from=-1&to=60", 400, "invalid_time_range"),
            ("?metric=cpu_usage&from=60&to=60", 400, "invalid_time_range"),
            ("?metric=cpu_usage&to=9999999999999", 400, "invalid_parameter"),
            ("?metric=cpu_usage&to=999999999999", 400, "invalid_time_range"),
            ("?metric=cpu_usage&step=99999999999999999999h", 400, "invalid_parameter"),
            ("?metric=cpu_usage&step=-1m", 400, "invalid_parameter"),
        ]
        try await TestAPI.run(forEach: cases) { api, one in
            try await api.expectRefused(one.1, one.2, .get, series + one.0)
        }
        try await TestAPI.run { api in
            try api.manager.record("ocr.pages", 1)
            let answer = try await api.send(.get, series + "?metric=ocr.pages&step=5m")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try answer.json()["step_seconds"] == .number(300))
            // One that there is has no points where nothing was measured; a plus sign may stand as it is.
            for rest in ["to=3600", "from=2020-01-01T00:00:00+02:00&to=2020-01-01T00:00:00Z&step=1h"] {
                let answer = try await api.send(.get, series + "?metric=document_processing_time&" + rest)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(try answer.json()["points"]?.elements.isEmpty == true)
            }
            let unknown = try await api.send(.get, series + "?metric=cpu_use")
            let detail = try #require(try unknown.json()["detail"]?.text)
            #expect(detail.contains("cpu_usage") && detail.contains("ocr.pages"), "\(detail)")
        }
    }
}
