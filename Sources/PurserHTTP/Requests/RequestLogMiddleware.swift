import HTTPTypes
import Hummingbird
import Logging
import PurserIdentifiers
import PurserOperations

/// Tells of each request once it is over, and tells the client by `Server-Timing` where the time went.
struct RequestLogMiddleware: RouterMiddleware {
    typealias Context = PurserRequestContext

    /// Who is told; nobody where requests are not logged.
    let onRequest: (@Sendable (RequestRecord) -> Void)?

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        let operation = context.figures.operation
        if let operation { response.headers[.serverTiming] = ServerTiming.field(operation.stages) }
        guard let onRequest else { return response }
        let record = RequestRecord(
            id: context.requestID,
            client: context.client,
            method: request.method.rawValue,
            route: context.endpointPath ?? "NotFound",
            status: response.status.code,
            duration: .zero
        )
        guard let operation, !operation.state.isFinal else {
            onRequest(record.ended(since: start, operation, bodyBytes: response.body.contentLength))
            return response
        }
        // The content is still to be sent.
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            defer { onRequest(record.ended(since: start, operation, bodyBytes: nil)) }
            try await body.write(writer)
        }
        return response
    }
}

extension RequestRecord {
    /// The record at the end of the request.
    ///
    /// - Parameters:
    ///   - start: When the request began.
    ///   - operation: The request's operation, ended.
    ///   - bodyBytes: Bytes of an answer without an operation.
    /// - Returns: The record with all that is known now.
    fileprivate func ended(
        since start: ContinuousClock.Instant,
        _ operation: PurserOperations.Operation?,
        bodyBytes: Int?
    ) -> RequestRecord {
        var record = self
        record.duration = ContinuousClock.now - start
        record.bytes = operation?.bytesDone ?? bodyBytes.map(Int64.init)
        record.operation = operation.map {
            Work(id: $0.id, kind: $0.kind, state: $0.state, waited: $0.waited)
        }
        return record
    }
}
