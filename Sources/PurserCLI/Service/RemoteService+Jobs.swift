import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Purser
import PurserIdentifiers

extension RemoteService {
    /// A server goes on without us.
    var outlivesCommands: Bool { true }

    func startJob(_ submission: JobSubmission) async throws -> Data {
        try await self.post("/v1/jobs", submission)
    }

    func followJob(_ id: String, onChange: @escaping @Sendable (JobSummary) -> Void) async throws {
        let response = try await self.answer(.GET, "\(Self.path(ofJob: id))/events")
        var events = ServerSentEvents()
        for try await piece in response.body {
            for event in try events.take(piece.readableBytesView) {
                onChange(try JobSummary.read(Data(event.utf8)))
            }
        }
    }

    func job(_ id: String) async throws -> Data {
        try await self.document(Self.path(ofJob: id))
    }

    func jobs(_ query: JobQuery) async throws -> Data {
        var items = [("limit", "\(query.limit)")]
        if let state = query.state { items.append(("state", state)) }
        if let pipeline = query.pipeline { items.append(("pipeline", pipeline)) }
        if let cursor = query.after { items.append(("cursor", cursor)) }
        return try await self.document("/v1/jobs\(URLText.query(items))")
    }

    func jobHistory(_ id: String) async throws -> Data {
        try await self.document("\(Self.path(ofJob: id))/history")
    }

    func jobReport(_ id: String, after cursor: String?, limit: Int) async throws -> Data {
        var items = [("limit", "\(limit)")]
        if let cursor { items.append(("cursor", cursor)) }
        return try await self.document("\(Self.path(ofJob: id))/report\(URLText.query(items))")
    }

    func cancelJob(_ id: String) async throws -> Data {
        try await Self.data(self.answer(.DELETE, Self.path(ofJob: id)))
    }

    func planJob(count: Int, averageBytes: Int64) async throws -> Data {
        try await self.post("/v1/jobs/plan", PlanRequest(count: Int64(count), averageBytes: averageBytes))
    }

    func pipelines() async throws -> Data {
        try await self.document("/v1/pipelines")
    }

    /// Takes results that were kept from before into the server's memory.
    ///
    /// - Parameters:
    ///   - pipeline: Whose results.
    ///   - bucket: Of files in this bucket.
    ///   - prefix: And whose keys begin so.
    /// - Returns: The document, which says how many.
    /// - Throws: ``CommandError``; `CancellationError`.
    func warmResults(of pipeline: String, bucket: BucketName, prefix: String) async throws -> Data {
        try await self.post(
            "/v1/pipelines/\(URLText.encoded(pipeline.utf8))/warm",
            WarmRequest(bucket: bucket.text, prefix: prefix)
        )
    }

    private struct PlanRequest: Encodable {
        var count: Int64
        var averageBytes: Int64

        enum CodingKeys: String, CodingKey {
            case count
            case averageBytes = "average_bytes"
        }
    }

    private struct WarmRequest: Encodable {
        var bucket: String
        var prefix: String
    }

    private static func path(ofJob id: String) -> String { "/v1/jobs/\(URLText.encoded(id.utf8))" }

    /// Sends a document that may be sent again, and takes the one that comes back.
    private func post(_ path: String, _ document: some Encodable) async throws -> Data {
        let body = Data(try JSONText.encode(document).utf8)
        let headers: HTTPHeaders = ["Content-Type": "application/json"]
        return try await Self.data(self.answer(.POST, path, headers: headers) { .bytes(body) })
    }
}
