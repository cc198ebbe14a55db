import HTTPTypes
import Hummingbird
import Logging
import PurserIdentifiers
import PurserOperations

/// Logs a line for each request once it is over, and tells the client by `Server-Timing` where the time went.
///
/// Names of files are never logged: the line has the route, and the operation's id leads to the rest.
struct RequestLogMiddleware: RouterMiddleware {
    typealias Context = PurserRequestContext

    let logger: Logger
    /// Whether there are lines, and not the field alone.
    let logsRequests: Bool

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        let operation = context.figures.operation
        if let operation { response.headers[.serverTiming] = ServerTiming.field(operation.stages) }
        guard self.logsRequests, self.logger.logLevel <= .info else { return response }
        let line = RequestLine(request: request, context: context, status: response.status, start: start)
        guard let operation, !operation.state.isFinal else {
            line.write(to: self.logger, operation, bodyBytes: response.body.contentLength)
            return response
        }
        // The content is still to be sent.
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { [logger = self.logger] writer in
            defer { line.write(to: logger, operation, bodyBytes: nil) }
            try await body.write(writer)
        }
        return response
    }
}

/// What a line of the log says of a request.
private struct RequestLine: Sendable {
    private let id: String
    private let client: String
    private let method: String
    private let route: String
    private let status: Int
    private let start: ContinuousClock.Instant

    init(
        request: Request,
        context: PurserRequestContext,
        status: HTTPResponse.Status,
        start: ContinuousClock.Instant
    ) {
        self.id = context.requestID
        self.client = context.client
        self.method = request.method.rawValue
        self.route = context.endpointPath ?? "none"
        self.status = status.code
        self.start = start
    }

    /// Writes the line.
    ///
    /// - Parameters:
    ///   - logger: Where to.
    ///   - operation: The request's operation, ended.
    ///   - bodyBytes: Bytes of an answer without an operation.
    func write(to logger: Logger, _ operation: PurserOperations.Operation?, bodyBytes: Int?) {
        var metadata: Logger.Metadata = [
            "purser.request.id": .string(self.id),
            "purser.client": .string(self.client),
            "http.method": .string(self.method),
            "http.route": .string(self.route),
            "http.status": .stringConvertible(self.status),
            "purser.seconds": .stringConvertible((ContinuousClock.now - self.start).seconds),
        ]
        if let operation {
            metadata["purser.operation.id"] = .string(operation.id.description)
            metadata["purser.operation.kind"] = .string(operation.kind.rawValue)
            metadata["purser.operation.state"] = .string(operation.state.rawValue)
            metadata["purser.wait_seconds"] = .stringConvertible(operation.waited.seconds)
            metadata["purser.bytes"] = .stringConvertible(operation.bytesDone)
        } else if let bodyBytes {
            metadata["purser.bytes"] = .stringConvertible(bodyBytes)
        }
        logger.info("request", metadata: metadata)
    }
}
