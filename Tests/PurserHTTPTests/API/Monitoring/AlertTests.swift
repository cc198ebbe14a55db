import Foundation
import HTTPTypes
import PurserMonitor
import Testing

@testable import Purser
@testable import PurserHTTP

/// Alerts over HTTP: listed, acknowledged, resolved.
@Suite(.timeLimit(.minutes(1))) struct AlertTests {
    private static func list(_ api: TestAPI, _ query: String = "") async throws -> [JSONValue] {
        let answer = try await api.send(.get, "/v1/alerts" + query)
        try #require(answer.status == 200, "\(answer.text)")
        return try #require(try answer.json()["alerts"]).elements
    }

    /// One that fires at once and one that waits.
    private static let rules = [
        AlertRule(
            name: "many_pages",
            metric: "ocr.pages",
            aggregation: .last,
            window: .seconds(60),
            comparison: .above,
            threshold: 10
        ),
        AlertRule(
            name: "waiting",
            metric: "ocr.pages",
            aggregation: .last,
            window: .seconds(60),
            comparison: .above,
            threshold: 10,
            wait: .seconds(3600)
        ),
    ]

    private static func run(_ body: @escaping @Sendable (TestAPI) async throws -> Void) async throws {
        try await TestAPI.run { configuration in
            configuration.monitor.userMetrics = ["ocr.pages"]
            configuration.monitor.alerts.rules = Self.rules
        } _: { api in
            try await body(api)
        }
    }

    @Test func alertGoesItsWay() async throws {
        try await Self.run { api in
            #expect(try await Self.list(api).isEmpty)
            #expect(
                try await api.send(.post, "/v1/performance/samples", [:], #"{"metric":"ocr.pages","value":12}"#).status
                    == 204
            )
            await api.manager.monitor.evaluateAlerts()

            let firing = try await Self.list(api, "?state=firing")
            #expect(firing.map { $0["rule"]?.text } == ["many_pages"])
            let alert = try #require(firing.first)
            #expect(alert["value"] == .number(12) && alert["threshold"] == .number(10))
            #expect(alert["severity"] == .string("warning") && alert["acknowledged_at"] == .null)
            let id = try #require(alert["id"]?.text)
            #expect(try await api.send(.get, "/v1/alerts/\(id)").json() == alert)
            #expect(try await api.send(.get, "/v1/system").json()["active_alerts"] == .number(1))

            let acknowledged = try await api.send(.post, "/v1/alerts/\(id)/acknowledge")
            #expect(acknowledged.status == 200)
            #expect(try acknowledged.json()["state"] == .string("acknowledged"))
            #expect(try acknowledged.json()["acknowledged_at"]?.text != nil)
            #expect(try await api.send(.post, "/v1/alerts/\(id)/acknowledge").status == 200, "again changes nothing")
            let text = try Exposition(try await api.send(.get, "/metrics").text)
            #expect(text["purser_alerts{state=\"acknowledged\"}"] == 1)
            #expect(text["purser_alerts{state=\"pending\"}"] == 1)

            let resolved = try await api.send(.post, "/v1/alerts/\(id)/resolve")
            #expect(try resolved.json()["state"] == .string("resolved"))
            try await api.expectRefused(409, "alert_resolved", .post, "/v1/alerts/\(id)/resolve")
            try await api.expectRefused(409, "alert_resolved", .post, "/v1/alerts/\(id)/acknowledge")
            await api.manager.monitor.evaluateAlerts()
            #expect(try await Self.list(api, "?state=firing").isEmpty, "its condition was not false since")

            try api.manager.record("ocr.pages", 5)
            await api.manager.monitor.evaluateAlerts()
            try api.manager.record("ocr.pages", 13)
            await api.manager.monitor.evaluateAlerts()
            let next = try await Self.list(api, "?state=firing")
            #expect(next.count == 1 && next.first?["id"]?.text != id)
            #expect(try await Self.list(api, "?state=resolved").map { $0["id"]?.text } == [id])
            #expect(try await Self.list(api, "?limit=1").count == 1)
            let states = next.first?["changes"]?.elements.map { $0["state"]?.text }
            #expect(states == ["pending", "firing"])
        }
    }

    @Test func pendingAlertCannotBeAcknowledged() async throws {
        try await Self.run { api in
            try api.manager.record("ocr.pages", 12)
            await api.manager.monitor.evaluateAlerts()
            let pending = try await Self.list(api, "?state=pending")
            #expect(pending.map { $0["rule"]?.text } == ["waiting"])
            let id = try #require(pending.first?["id"]?.text)
            try await api.expectRefused(409, "alert_pending", .post, "/v1/alerts/\(id)/acknowledge")
        }
    }

    @Test func whatIsNoAlertIsRefused() async throws {
        try await Self.run { api in
            for id in ["x", "0192f0c1-3000-7abc-8def-0123456789ab", "%00", String(repeating: "a", count: 4_000)] {
                try await api.expectRefused(404, "alert_not_found", .get, "/v1/alerts/\(id)")
                try await api.expectRefused(404, "alert_not_found", .post, "/v1/alerts/\(id)/acknowledge")
                try await api.expectRefused(404, "alert_not_found", .post, "/v1/alerts/\(id)/resolve")
            }
            try await api.expectRefused(400, "invalid_parameter", .get, "/v1/alerts?state=loud")
            try await api.expectRefused(400, "invalid_parameter", .get, "/v1/alerts?limit=0")
            try await api.expectRefused(405, "method_not_allowed", .post, "/v1/alerts")
        }
    }
}
