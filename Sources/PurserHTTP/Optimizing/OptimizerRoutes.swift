import HTTPTypes
import Hummingbird
import Purser
import PurserCatalog

/// Runs of the optimizer, what they did, and what there is to do.
struct OptimizerRoutes: Sendable {
    let manager: FileStorageManager

    var routes: [Route] {
        [
            Route(.post, "/v1/optimizer/runs") { request, context in try await self.start(request, context) },
            Route(.get, "/v1/optimizer/runs") { request, _ in try self.list(request) },
            Route(.get, "/v1/optimizer/runs/:id") { _, context in
                let report = try self.manager.optimizationRun(context.parameters.require("id"))
                return try .document(OptimizerRunDocument(report))
            },
            Route(.get, "/v1/optimizer/runs/:id/removals") { request, context in
                try self.removals(request, context)
            },
            Route(.get, "/v1/optimizer/stats") { _, _ in
                try await .document(OptimizerStatsDocument(self.manager.storageOptimizationStats()))
            },
            Route(.get, "/v1/optimizer/duplicates") { request, _ in try self.duplicates(request) },
        ]
    }

    /// What a client asks for.
    private struct RunDocument: Decodable {
        var isDryRun: Bool?
        var strategies: [String]?
        var verifiesAll: Bool?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case strategies
            case isDryRun = "dry_run"
            case verifiesAll = "verify_all"
        }
    }

    private func start(_ request: Request, _ context: PurserRequestContext) async throws -> Response {
        let document = try await JSONBody.read(
            RunDocument.self,
            fields: Set(RunDocument.CodingKeys.allCases.map(\.rawValue)),
            example: "{\"dry_run\":true,\"strategies\":[\"compression\"]}",
            request,
            context
        )
        var run = RunRequest(try Self.strategies(document.strategies), isDryRun: document.isDryRun ?? false)
        run.verifiesAll = document.verifiesAll ?? false
        let report = try await self.manager.startOptimization(run, client: context.client)
        var response = try Response.document(OptimizerRunDocument(report), status: .accepted)
        response.headers[.location] = "/v1/optimizer/runs/\(report.id)"
        return response
    }

    /// - Throws: A problem 400 where there is no such strategy, or a list that names none.
    private static func strategies(_ names: [String]?) throws -> Set<StrategyName> {
        guard let names else { return [] }
        let known = StrategyName.allCases.map(\.rawValue).joined(separator: ", ")
        guard !names.isEmpty else {
            throw Problem.malformed("unknown_strategy", "'strategies' names one of \(known), or is left out")
        }
        return try Set(
            names.map { name in
                guard let strategy = StrategyName(rawValue: name) else {
                    throw Problem.malformed(
                        "unknown_strategy",
                        "there is no strategy '\(name.prefix(64))'; they are \(known)"
                    )
                }
                return strategy
            }
        )
    }

    private func list(_ request: Request) throws -> Response {
        let query = try Query(request)
        let limit = try query.integer("limit", default: 100, in: 1...1_000)
        let reports = try self.manager.optimizationRuns(before: query["cursor"], limit: limit)
        return try .document(OptimizerRunListDocument(reports, limit: limit))
    }

    private func removals(_ request: Request, _ context: PurserRequestContext) throws -> Response {
        let query = try Query(request)
        let limit = try query.integer("limit", default: 100, in: 1...1_000)
        let records = try self.manager.removals(
            ofRun: context.parameters.require("id"),
            after: try query["cursor"].map { try Self.parsed($0, Int64.init) } ?? 0,
            limit: limit
        )
        return try .document(RemovalListDocument(records, limit: limit))
    }

    private func duplicates(_ request: Request) throws -> Response {
        let query = try Query(request)
        let position = try query["cursor"].map { try Self.parsed($0, DuplicatePosition.init(cursor:)) }
        let limit = try query.integer("limit", default: 100, in: 1...1_000)
        return try .document(self.manager.duplicateDocument(after: position, limit: limit))
    }

    private static func parsed<Value>(_ text: String, _ parse: (String) -> Value?) throws -> Value {
        guard let value = parse(text) else {
            throw Problem.malformed("invalid_cursor", "'cursor' takes the next_cursor of the page before")
        }
        return value
    }
}
