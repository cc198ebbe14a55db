import Hummingbird
import Logging

/// Gives every answer its request id, turns errors into problem documents, and logs what is Purser's own fault.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = PurserRequestContext

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let problem = Problem(describing: error)
            if problem.status == .internalServerError {
                context.logger.error(
                    "request failed",
                    metadata: [
                        "purser.request.id": "\(context.requestID)",
                        "purser.code": "\(problem.code)",
                        "purser.error": "\(error)",
                    ]
                )
            }
            response = problem.response(requestID: context.requestID)
        }
        response.headers[.xRequestID] = context.requestID
        response.headers[.server] = PurserServer.name
        return response
    }
}
