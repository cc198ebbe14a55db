import Hummingbird

/// Refuses methods that no address takes (RFC 9110 §9.1), which the router would call an unknown address.
struct KnownMethodMiddleware: RouterMiddleware {
    typealias Context = PurserRequestContext

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard Router<Context>.knownMethods.contains(request.method) else {
            throw Problem(
                .notImplemented,
                "not_implemented",
                "the method \(request.method.rawValue) is not implemented"
            )
        }
        return try await next(request, context)
    }
}
