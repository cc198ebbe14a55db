import Hummingbird
import Purser
import PurserIdentifiers
import PurserProcessing

/// Pipelines: which there are, and what they keep.
struct PipelineRoutes: Sendable {
    let manager: FileStorageManager

    var routes: [Route] {
        [
            Route(.get, "/v1/pipelines") { _, _ in
                try .document(PipelineListDocument(self.manager.pipelines()))
            },
            Route(.post, "/v1/pipelines/:pipeline/warm") { request, context in try await self.warm(request, context) },
        ]
    }

    private struct WarmDocument: Encodable {
        var results: Int
    }

    private func warm(_ request: Request, _ context: PurserRequestContext) async throws -> Response {
        let prefix = try await JSONBody.read(
            JobBody.Prefix.self,
            fields: Set(JobBody.Prefix.CodingKeys.allCases.map(\.rawValue)),
            example: "{\"bucket\":\"default\",\"prefix\":\"scans/\"}",
            request,
            context
        )
        let results = try await self.manager.warmProcessing(
            context.parameters.require("pipeline"),
            prefix: try prefix.named()
        )
        return try .document(WarmDocument(results: results))
    }
}
