import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Purser

extension RemoteService {
    /// Everything that is measured.
    ///
    /// - Returns: The server's document, as it came.
    func metrics() async throws -> Data {
        try await self.document("/v1/metrics")
    }

    /// Everything that is measured, as Prometheus' text.
    func metricsText() async throws -> Data {
        try await self.document("/metrics")
    }

    /// How a metric went.
    ///
    /// - Parameters:
    ///   - metric: Its name.
    ///   - from: A time in RFC 3339, or seconds since 1970; the server's default without this.
    ///   - to: The end, alike.
    ///   - step: A duration such as `5m`.
    /// - Returns: The server's document, as it came.
    /// - Throws: ``CommandError``.
    func series(of metric: String, from: String?, to: String?, step: String?) async throws -> Data {
        var items = [("metric", metric)]
        if let from { items.append(("from", from)) }
        if let to { items.append(("to", to)) }
        if let step { items.append(("step", step)) }
        return try await self.document("/v1/metrics/series\(URLText.query(items))")
    }

    /// Has a sample recorded.
    func record(_ sample: RecordedSample) async throws {
        let bytes = ByteBuffer(string: try JSONText.encode(sample))
        let headers: HTTPHeaders = ["Content-Type": "application/json"]
        let response = try await self.answer(.POST, "/v1/performance/samples", headers: headers) { .bytes(bytes) }
        _ = try await Self.data(response)
    }

    /// Alerts, those that are open first.
    func alerts(state: String?, limit: Int) async throws -> Data {
        var items = [("limit", "\(limit)")]
        if let state { items.append(("state", state)) }
        return try await self.document("/v1/alerts\(URLText.query(items))")
    }

    /// One alert.
    func alert(_ id: String) async throws -> Data {
        try await self.document("/v1/alerts/\(URLText.encoded(id.utf8))")
    }

    /// What can be done with an alert.
    enum AlertAction: String, Sendable { case acknowledge, resolve }

    /// Changes how an alert stands.
    func change(_ id: String, _ action: AlertAction) async throws -> Data {
        try await Self.data(self.answer(.POST, "/v1/alerts/\(URLText.encoded(id.utf8))/\(action.rawValue)"))
    }

    /// The last failures, the latest first.
    func errors(code: String?, severity: String?, limit: Int) async throws -> Data {
        var items = [("limit", "\(limit)")]
        if let code { items.append(("code", code)) }
        if let severity { items.append(("severity", severity)) }
        return try await self.document("/v1/errors\(URLText.query(items))")
    }
}

/// A sample that a user has recorded.
struct RecordedSample: Encodable, Sendable {
    var metric: String
    var value: Double
    var tags: [String: String]
    var context: [String: String]
}
