import HTTPTypes
import Hummingbird

/// Names that mean this machine.
enum LoopbackHost {
    /// Whether a host, without a port, is one of `localhost`, `*.localhost` (RFC 6761 §6.3), 127.0.0.0/8, `::1`.
    static func isLoopback(_ host: some StringProtocol) -> Bool {
        var name = host.lowercased()
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        if name.hasSuffix(".") { name.removeLast() }
        if name == "localhost" || name.hasSuffix(".localhost") || name == "::1" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The host of an authority (RFC 3986 §3.2), without its port; `nil` where the port is not one.
    static func host(ofAuthority authority: String) -> Substring? {
        let end: String.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            end = authority.index(after: bracket)
        } else {
            end = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        let port = authority[end...]
        guard port.isEmpty || (port.first == ":" && port.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }) else {
            return nil
        }
        return authority[..<end]
    }
}

/// Refuses requests that a page of another site made a browser send to this machine (DNS rebinding): on a server that
/// listens on loopback only, the `Host` must be a name of this machine.
struct LoopbackHostMiddleware: RouterMiddleware {
    typealias Context = PurserRequestContext

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let authority = request.head.authority, let host = LoopbackHost.host(ofAuthority: authority),
            LoopbackHost.isLoopback(host)
        else {
            throw Problem(
                .misdirectedRequest,
                "foreign_host",
                "this server answers to names of its own machine only, such as localhost"
            )
        }
        return try await next(request, context)
    }
}
