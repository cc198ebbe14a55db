import HTTPTypes
import Hummingbird
import Purser
import Tracing

/// Makes a span of each request, below the client's own where it sent a `traceparent` (<https://www.w3.org/TR/trace-context/>).
///
/// The stages of the request's operation become spans below it, by the manager. To be added only where a tracer is
/// installed.
struct TracingMiddleware: RouterMiddleware {
    typealias Context = PurserRequestContext

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var service = ServiceContext.current ?? .topLevel
        InstrumentationSystem.instrument.extract(request.headers, into: &service, using: FieldExtractor())
        let span = startSpan(request.method.rawValue, context: service, ofKind: .server)
        span.attributes["http.request.method"] = request.method.rawValue
        var response: Response
        do {
            response = try await ServiceContext.$current.withValue(span.context) {
                try await next(request, context)
            }
        } catch {
            span.recordError(error)
            span.setStatus(.init(code: .error))
            span.end()
            throw error
        }
        if let route = context.endpointPath {
            span.operationName = "\(request.method.rawValue) \(route)"
            span.attributes["http.route"] = route
        }
        span.attributes["http.response.status_code"] = response.status.code
        if response.status.kind == .serverError { span.setStatus(.init(code: .error)) }
        guard let operation = context.figures.operation else {
            span.end()
            return response
        }
        span.attributes["purser.operation.id"] = operation.id.description
        span.attributes["purser.operation.kind"] = operation.kind.rawValue
        // The content may still have to be sent.
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            defer { span.end() }
            try await body.write(writer)
        }
        return response
    }
}

/// Reads header fields for instruments.
private struct FieldExtractor: Extractor {
    func extract(key: String, from fields: HTTPFields) -> String? {
        HTTPField.Name(key).flatMap { fields[$0] }
    }
}
