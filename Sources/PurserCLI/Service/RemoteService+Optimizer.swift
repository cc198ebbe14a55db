import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Purser
import PurserIdentifiers
import PurserOperations

extension RemoteService {
    func optimize(
        _ request: OptimizeRequest,
        follows: Bool,
        onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> OptimizerRunDocument {
        let body = Data(try JSONText.encode(request).utf8)
        let answer = try await self.answer(
            .POST,
            "/v1/optimizer/runs",
            headers: ["Content-Type": "application/json"],
            isRepeatable: true
        ) { .bytes(body) }
        let data = Data(try await answer.body.collect(upTo: Self.maxDocumentBytes).readableBytesView)
        let run = try Self.understood(OptimizerRunDocument.self, data)
        guard follows else { return run }
        let operation = try OperationID(run.operationId)
        do {
            try await self.watch(operation) { data in
                let document = try Self.decode(OperationDocument.self, from: data)
                onProgress(
                    RunProgress(
                        fraction: document.progress.fraction ?? 0,
                        step: document.progress.step,
                        remaining: document.estimatedSecondsRemaining
                    )
                )
            }
            try Task.checkCancellation()
        } catch {
            if Task.isCancelled { await self.abandon(operation) }
            throw error
        }
        let ended = try await self.optimizerRun(run.id)
        guard ended.state != RunState.running.rawValue else {
            throw CommandError("the server stopped before run \(run.id) ended; it goes on at the next start")
        }
        return ended
    }

    func optimizerRuns(after cursor: String?, limit: Int) async throws -> OptimizerRunListDocument {
        try await self.page("/v1/optimizer/runs", cursor, limit)
    }

    func optimizerRun(_ id: String) async throws -> OptimizerRunDocument {
        try Self.understood(
            OptimizerRunDocument.self,
            try await self.document("/v1/optimizer/runs/\(URLText.encoded(id.utf8))")
        )
    }

    func removals(ofRun id: String, after cursor: String?, limit: Int) async throws -> RemovalListDocument {
        try await self.page("/v1/optimizer/runs/\(URLText.encoded(id.utf8))/removals", cursor, limit)
    }

    func duplicates(after cursor: String?, limit: Int) async throws -> DuplicateListDocument {
        try await self.page("/v1/optimizer/duplicates", cursor, limit)
    }

    func optimizerStats() async throws -> OptimizerStatsDocument {
        try Self.understood(OptimizerStatsDocument.self, try await self.document("/v1/optimizer/stats"))
    }

    private func page<Document: Decodable>(_ path: String, _ cursor: String?, _ limit: Int) async throws -> Document {
        var items = [("limit", "\(limit)")]
        if let cursor { items.append(("cursor", cursor)) }
        return try Self.understood(Document.self, try await self.document(path + URLText.query(items)))
    }

    /// Reads a document of the service's own.
    private static func understood<Document: Decodable>(_ type: Document.Type, _ data: Data) throws -> Document {
        do {
            return try DocumentCoding.decode(type, from: data)
        } catch {
            throw CommandError(
                "the server's answer cannot be understood; it may be of another version than \(PurserVersion.current)"
            )
        }
    }
}
