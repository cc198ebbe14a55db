import HTTPTypes
import Hummingbird
import Purser
import PurserIdentifiers
import PurserOperations
import PurserProcessing

/// Jobs: start, look at, watch and cancel.
struct JobRoutes: Sendable {
    /// Bytes of a request at most: it may name some thousand files.
    static let maxBodyBytes = 2 << 20
    /// Requests of more than a few kilobytes, and reports, that may be under way at a time.
    static let maxLarge = 16

    let manager: FileStorageManager
    let streams: EventStreams
    let large = Places(JobRoutes.maxLarge, code: "too_many_lists")

    var routes: [Route] {
        [
            Route(.post, "/v1/jobs") { request, context in try await self.start(request, context) },
            Route(.get, "/v1/jobs") { request, _ in try self.list(request) },
            Route(.post, "/v1/jobs/plan") { request, context in try await self.plan(request, context) },
            Route(.get, "/v1/jobs/:id") { _, context in
                try .document(ProcessingJobDocument(self.manager.processingJob(context.parameters.require("id"))))
            },
            Route(.delete, "/v1/jobs/:id") { _, context in try await self.cancel(context) },
            Route(.get, "/v1/jobs/:id/history") { request, context in try self.history(request, context) },
            Route(.get, "/v1/jobs/:id/report") { request, context in try self.report(request, context) },
            Route(.get, "/v1/jobs/:id/events") { _, context in try self.events(context) },
            Route(.head, "/v1/jobs/:id/events") { _, context in
                _ = try self.manager.processingJob(context.parameters.require("id"))
                return EventStreams.head
            },
        ]
    }

    private func start(_ request: Request, _ context: PurserRequestContext) async throws -> Response {
        let length = request.headers[.contentLength].flatMap { Int64($0) }
        // A request whose length is not told may be a large one.
        let place = (length ?? .max) > JSONBody.maxBytes ? try self.large.take() : nil
        defer { place?.leave() }
        let body = try await JSONBody.read(
            JobBody.self,
            fields: JobBody.fields,
            example: JobBody.example,
            maxBytes: Self.maxBodyBytes,
            request,
            context
        )
        let job = try await self.manager.startProcessing(body.request(request.headers, client: context.client))
        var response = try Response.document(ProcessingJobDocument(job), status: .accepted)
        response.headers[.location] = "/v1/jobs/\(job.id)"
        return response
    }

    private func list(_ request: Request) throws -> Response {
        let query = try Query(request)
        let limit = try query.integer("limit", default: 100, in: 1...1_000)
        let jobs = try self.manager.processingJobs(
            state: try query.choice("state"),
            pipeline: query["pipeline"],
            before: query["cursor"],
            limit: limit
        )
        return try .document(ProcessingJobListDocument(jobs, limit: limit))
    }

    private func cancel(_ context: PurserRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        try await self.manager.cancelProcessing(id)
        return try .document(ProcessingJobDocument(self.manager.processingJob(id)), status: .accepted)
    }

    private func history(_ request: Request, _ context: PurserRequestContext) throws -> Response {
        let id = try context.parameters.require("id")
        let limit = try Query(request).integer("limit", default: 100, in: 1...10_000)
        return .json(OperationHistoryDocument(id, try self.manager.processing.history(id, limit: limit)))
    }

    private func report(_ request: Request, _ context: PurserRequestContext) throws -> Response {
        let query = try Query(request)
        let number = try query["cursor"].map { text -> Int64 in
            guard let number = Int64(text), number >= 0 else {
                throw Problem.malformed("invalid_cursor", "'cursor' takes the next_cursor of the page before")
            }
            return number
        }
        let limit = try query.integer("limit", default: 100, in: 1...1_000)
        let place = try self.large.take()
        let report = try self.manager.processingReport(context.parameters.require("id"), after: number, limit: limit)
        return try Response.document(ProcessingReportDocument(report)).holding(place)
    }

    private func events(_ context: PurserRequestContext) throws -> Response {
        let updates = try self.manager.processing.updates(of: context.parameters.require("id"))
        return try self.streams.response(of: updates, context) { job in
            EventStreams.event("job") { try DocumentCoding.encode(ProcessingJobDocument(job)) }
        }
    }

    /// What a plan is asked for.
    private struct PlanBody: Decodable {
        var count: Int
        var averageBytes: Int64?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case count
            case averageBytes = "average_bytes"
        }
    }

    private func plan(_ request: Request, _ context: PurserRequestContext) async throws -> Response {
        let body = try await JSONBody.read(
            PlanBody.self,
            fields: Set(PlanBody.CodingKeys.allCases.map(\.rawValue)),
            example: "{\"count\":1000,\"average_bytes\":250000}",
            request,
            context
        )
        guard body.count >= 1, body.averageBytes ?? 0 >= 0 else {
            throw Problem.malformed("invalid_document", "'count' takes 1 or more, 'average_bytes' 0 or more")
        }
        let plan = self.manager.planProcessing(count: body.count, averageBytes: body.averageBytes ?? 0)
        return try .document(ProcessingPlanDocument(plan))
    }
}
