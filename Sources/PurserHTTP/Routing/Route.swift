import HTTPTypes
import Hummingbird
import PurserMonitor

/// A call of the API.
struct Route: Sendable {
    typealias Handler = @Sendable (Request, PurserRequestContext) async throws -> Response

    var method: HTTPRequest.Method
    /// The path as the router takes it: `:name` is one part, `**` the rest.
    var path: String
    /// What a request counts as that takes no slot; nothing where the call is about the service itself.
    var kind: (@Sendable (Request) -> CallKind)?
    var handler: Handler

    init(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        self.method = method
        self.path = path
        self.handler = handler
    }

    /// Describes a call that is an operation.
    init(_ method: HTTPRequest.Method, _ path: String, as kind: CallKind, _ handler: @escaping Handler) {
        self.init(method, path, handler)
        self.kind = { _ in kind }
    }
}

extension Router where Context == PurserRequestContext {
    /// Methods that get a 405 where a path knows others; all the rest is not implemented anywhere.
    static var knownMethods: [HTTPRequest.Method] {
        [.get, .head, .put, .post, .delete, .options, .patch, .trace, .connect]
    }

    /// Adds routes: HEAD wherever there is GET, and 405 with `Allow` (RFC 9110 §15.5.6) for the rest.
    ///
    /// The router drops empty parts of a path, so what is nothing but slashes behind the beginning of a `…/**` comes to
    /// the path without it, and is handed on from there.
    func add(_ routes: [Route]) {
        let paths = Dictionary(grouping: routes, by: \.path).mapValues(Self.handlers)
        for (path, handlers) in paths {
            let deeper = paths[path + "/**"]
            for method in Self.knownMethods {
                guard let handler = handlers[method] else { continue }
                self.on(RouterPath(path), method: method) { request, context in
                    if let below = deeper?[method], request.uri.path.hasSuffix("/") {
                        return try await below(request, context)
                    }
                    return try await handler(request, context)
                }
            }
        }
    }

    /// What each method does at a path.
    private static func handlers(sharing routes: [Route]) -> [HTTPRequest.Method: Route.Handler] {
        var handlers = Dictionary(uniqueKeysWithValues: routes.map { ($0.method, $0.handler) })
        if let get = handlers[.get], handlers[.head] == nil { handlers[.head] = get }
        let allow = handlers.keys.map(\.rawValue).sorted().joined(separator: ", ")
        for method in self.knownMethods where handlers[method] == nil {
            handlers[method] = { _, _ in
                throw Problem(
                    .methodNotAllowed,
                    "method_not_allowed",
                    "this address takes \(allow)",
                    headers: [.allow: allow]
                )
            }
        }
        return handlers
    }
}
