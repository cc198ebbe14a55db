import HTTPTypes
import PurserTestSupport
import Testing

@testable import Purser
@testable import PurserHTTP

/// `GET /metrics`: its two formats, and what its labels never say.
@Suite(.timeLimit(.minutes(1))) struct ExpositionTests {
    private static let secret = "salaries-2026"

    /// Does something of all that has labels.
    private static func work(_ api: TestAPI) async throws {
        try await api.store("\(Self.secret)/a.pdf", "hello", ["X-Meta-Author": Self.secret])
        _ = try await api.file(.get, "\(Self.secret)/a.pdf")
        _ = try await api.file(.delete, "\(Self.secret)/absent")
        _ = try await api.send(.put, "/v1/buckets/\(Self.secret)")
        let digest = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
        let failed = try await api.file(.put, "\(Self.secret)/b.pdf", ["Repr-Digest": digest], "again")
        try #require(failed.status == 422)
        try api.manager.record("ocr.pages", 1, tags: ["file": Self.secret], context: ["file": Self.secret])
        let figures = await api.manager.monitor.machine.look()
        await api.manager.monitor.note(figures)
    }

    @Test func formatFollowsAccept() async throws {
        try await TestAPI.run { api in
            let plain = "text/plain; version=0.0.4; charset=utf-8"
            let open = "application/openmetrics-text; version=1.0.0; charset=utf-8"
            let cases: [(String?, String)] = [
                (nil, plain), ("*/*", plain), ("text/plain", plain), ("application/json", plain),
                ("application/openmetrics-text", open), ("application/openmetrics-text;version=1.0.0,*/*;q=0.1", open),
            ]
            for (accept, type) in cases {
                let fields: TestAPI.Fields = accept.map { ["Accept": $0] } ?? [:]
                let answer = try await api.send(.get, "/metrics", fields)
                #expect(answer.status == 200 && answer["Content-Type"] == type, "\(accept ?? "none")")
                #expect(answer["Vary"] == "Accept" && answer["Cache-Control"] == "no-store")
                #expect(answer.text.hasSuffix("# EOF\n") == (type == open))
            }
        }
    }

    @Test func countersAreNamedAsTheirFormatAsks() async throws {
        try await TestAPI.run { api in
            try await Self.work(api)
            let plain = try await api.send(.get, "/metrics").text
            let open = try await api.send(.get, "/metrics", ["Accept": "application/openmetrics-text"]).text
            #expect(plain.contains("# TYPE purser_operations_total counter\n"))
            #expect(open.contains("# TYPE purser_operations counter\n"))
            let sample = "purser_operations_total{kind=\"upload\",state=\"succeeded\"} 1\n"
            #expect(plain.contains(sample) && open.contains(sample))
        }
    }

    @Test func labelsNeverTellNames() async throws {
        try await TestAPI.run { api in
            try await Self.work(api)
            let answer = try await api.send(.get, "/metrics")
            #expect(!answer.text.contains(Self.secret))
            let text = try Exposition(answer.text)
            #expect(text.values(of: "kind") == ["upload", "download", "delete", "bucket"])
            #expect(text.values(of: "code") == ["digest_mismatch", "file_not_found"])
            #expect(text.values(of: "metric") == ["ocr.pages"])
        }
    }

    @Test(.disabled(if: PrometheusTools.areSkipped, "PURSER_SKIP_PROMETHEUS is set"))
    func promtoolFindsNothingToObjectTo() async throws {
        try #require(PrometheusTools.problem == nil, "\(PrometheusTools.problem ?? "")")
        try await TestAPI.run { api in
            try await Self.work(api)
            let text = try await api.send(.get, "/metrics").text
            let outcome = try await runTool(PrometheusTools.promtool, ["check", "metrics"], input: text)
            #expect(outcome.status == 0 && outcome.output == "", "\(outcome.output)")

            let wrong = text + "# HELP purser_files Again.\n# TYPE purser_files counter\npurser_files 1\n"
            let refused = try await runTool(PrometheusTools.promtool, ["check", "metrics"], input: wrong)
            #expect(refused.status != 0, "promtool checks nothing")
        }
    }
}
