import Hummingbird
import Purser
import PurserIdentifiers
import PurserOperations

/// Operations: watch and cancel.
struct OperationRoutes: Sendable {
    let manager: FileStorageManager
    let streams: EventStreams

    var routes: [Route] {
        [
            Route(.get, "/v1/operations") { request, _ in try self.list(request) },
            Route(.get, "/v1/operations/events") { _, context in try self.allEvents(context) },
            Route(.head, "/v1/operations/events") { _, _ in EventStreams.head },
            Route(.get, "/v1/operations/:id") { _, context in try self.show(context) },
            Route(.delete, "/v1/operations/:id") { _, context in try await self.cancel(context) },
            Route(.get, "/v1/operations/:id/history") { request, context in try self.history(request, context) },
            Route(.get, "/v1/operations/:id/events") { _, context in try self.events(context) },
            Route(.head, "/v1/operations/:id/events") { _, context in
                _ = try self.show(context)
                return EventStreams.head
            },
        ]
    }

    private func list(_ request: Request) throws -> Response {
        let query = try Query(request)
        let cursor: OperationID?
        do {
            cursor = try query["cursor"].map { try OperationID($0) }
        } catch {
            throw Problem.malformed("invalid_cursor", "'cursor' takes the next_cursor of the page before")
        }
        let (page, next) = self.manager.operations.list(
            state: try query.choice("state"),
            kind: try query.choice("kind"),
            limit: try query.integer("limit", default: 100, in: 1...1000),
            after: cursor
        )
        return .json(
            OperationListDocument(operations: page.map { OperationDocument($0) }, nextCursor: next?.description)
        )
    }

    private func show(_ context: PurserRequestContext) throws -> Response {
        let id = try Self.id(context)
        return .json(OperationDocument(try self.snapshot(id)))
    }

    /// An operation as it stands; a job that waits, or ended before a restart, is one too.
    private func snapshot(_ id: OperationID) throws -> OperationSnapshot {
        let known = self.manager.operations.snapshot(id)
        guard let operation = try known ?? self.manager.processing.operationSnapshot(id) else { throw Self.unknown(id) }
        return operation
    }

    private func cancel(_ context: PurserRequestContext) async throws -> Response {
        let id = try Self.id(context)
        let waits = try self.manager.operations.snapshot(id) == nil && self.snapshot(id).kind == .process
        if waits {
            try await self.manager.cancelProcessing(id.description)
        } else {
            try self.manager.operations.cancel(id, .requested)
        }
        return .json(OperationDocument(try self.snapshot(id)), status: .accepted)
    }

    private func history(_ request: Request, _ context: PurserRequestContext) throws -> Response {
        let id = try Self.id(context)
        let limit = try Query(request).integer("limit", default: 100, in: 1...10_000)
        guard let entries = try self.manager.operations.history(id, limit: limit) ?? self.jobHistory(id, limit) else {
            throw Self.unknown(id)
        }
        return .json(OperationHistoryDocument(id.description, entries))
    }

    private func jobHistory(_ id: OperationID, _ limit: Int) throws -> [OperationHistoryEntry]? {
        guard try self.manager.processing.operationSnapshot(id) != nil else { return nil }
        return try self.manager.processing.history(id.description, limit: limit)
    }

    private func events(_ context: PurserRequestContext) throws -> Response {
        let id = try Self.id(context)
        guard let updates = self.manager.operations.updates(of: id) else { throw Self.unknown(id) }
        return try self.streams.response(of: updates, context)
    }

    private func allEvents(_ context: PurserRequestContext) throws -> Response {
        try self.streams.response(of: self.manager.operations.updates(), context)
    }

    private static func id(_ context: PurserRequestContext) throws -> OperationID {
        try OperationID(context.parameters.require("id"))
    }

    private static func unknown(_ id: OperationID) -> Problem {
        Problem(.notFound, "operation_not_found", "there is no operation \(id), or it ended long ago")
    }
}
