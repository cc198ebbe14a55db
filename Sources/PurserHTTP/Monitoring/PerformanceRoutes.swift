import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationEssentialsCompat
import Purser
import PurserMonitor

/// How well it goes: figures, their history, samples of users.
struct PerformanceRoutes: Sendable {
    /// Bytes of a sample's document at most.
    static let maxSampleBytes = 16 * 1024

    let manager: FileStorageManager

    var routes: [Route] {
        [
            Route(.get, "/v1/performance") { _, _ in
                try .document(PerformanceDocument(self.manager.performanceSummary()))
            },
            Route(.get, "/v1/performance/operations") { request, _ in try self.finished(request) },
            Route(.post, "/v1/performance/samples") { request, context in try await self.record(request, context) },
            Route(.get, "/v1/metrics") { _, _ in try .document(self.manager.monitor.metricsDocument()) },
            Route(.get, "/v1/metrics/series") { request, _ in try self.series(request) },
            Route(.get, "/metrics") { request, _ in try self.exposition(request) },
        ]
    }

    private func finished(_ request: Request) throws -> Response {
        let query = try Query(request)
        let limit = try query.integer("limit", default: 100, in: 1...1_000)
        let reports = self.manager.monitor.operations.ledger.latest(limit, kind: query["kind"])
        return try .document(FinishedOperationListDocument(operations: reports.map { FinishedOperationDocument($0) }))
    }

    /// What a user sends to have a sample recorded.
    private struct SampleDocument: Decodable {
        var metric: String
        var value: Double
        var tags: [String: String]?
        var context: [String: String]?
        var timestamp: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case metric, value, tags, context, timestamp
        }
    }

    private func record(_ request: Request, _ context: PurserRequestContext) async throws -> Response {
        guard self.manager.monitor.operations.performance.isEnabled else {
            throw Problem(
                .conflict,
                "monitor_disabled",
                "the monitor is off and keeps no samples: set monitor.enabled to true and restart"
            )
        }
        let length = request.headers[.contentLength].flatMap { Int64($0) }
        if let length, length > Self.maxSampleBytes { throw Self.tooLarge }
        await context.connection?.admitBody(expecting: length)
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.maxSampleBytes)
        } catch is NIOTooManyBytesError {
            throw Self.tooLarge
        }
        let document: SampleDocument
        do {
            document = try JSONDecoder().decode(SampleDocument.self, from: Data(buffer: body))
        } catch {
            throw Problem.malformed(
                "invalid_sample",
                "the body must be JSON such as {\"metric\":\"ocr.pages\",\"value\":12,\"tags\":{\"language\":\"de\"}}"
            )
        }
        try self.manager.record(
            document.metric,
            document.value,
            tags: document.tags ?? [:],
            context: document.context ?? [:],
            timestamp: document.timestamp.map { try QueryTime.parse($0, name: "timestamp") }
        )
        return Response(status: .noContent)
    }

    private static let tooLarge = Problem(
        .contentTooLarge,
        "sample_too_large",
        "a sample's document has at most \(PerformanceRoutes.maxSampleBytes) bytes"
    )

    private func series(_ request: Request) throws -> Response {
        let query = try Query(request)
        guard let metric = query["metric"] else {
            throw Problem.malformed("invalid_parameter", "'metric' is missing")
        }
        let now = self.manager.monitor.now()
        let to = try query["to"].map { try QueryTime.parse($0, name: "to") } ?? now
        let from = try query["from"].map { try QueryTime.parse($0, name: "from") } ?? to.addingTimeInterval(-3600)
        let step = try query["step"].map { try QueryTime.duration($0, name: "step") } ?? .seconds(60)
        let points = try self.manager.metricSeries(metric, from: from, to: to, step: step)
        return try .document(SeriesDocument(metric: metric, step: step, points: points))
    }

    /// Prometheus' text, or OpenMetrics' where it is asked for.
    private func exposition(_ request: Request) throws -> Response {
        let accept = request.headers[.accept] ?? ""
        let format: PrometheusText.Format = accept.contains("application/openmetrics-text") ? .openMetrics : .prometheus
        let text = try self.manager.monitor.metricsText(as: format)
        return Response(
            status: .ok,
            headers: [.contentType: format.contentType, .cacheControl: "no-store", .vary: "Accept"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}

extension Response {
    /// An answer of one document about the service.
    static func document(_ document: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let bytes = try DocumentCoding.encode(document)
        return Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(data: bytes))
        )
    }
}
