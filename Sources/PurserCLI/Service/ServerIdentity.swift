import NIOHTTP1
import Purser

/// What a server says it is.
struct ServerIdentity: Sendable, Hashable {
    /// What stands in `Server`, if anything.
    let product: String?
    /// The version, of a Purser that no proxy hides.
    let version: String?
    /// Whether it is a Purser.
    ///
    /// A proxy may speak for it: then its request id tells.
    let isPurser: Bool

    /// Reads the header fields of an answer.
    init(_ headers: HTTPHeaders) {
        let product = headers.first(name: "Server")
        self.product = product
        self.version = product.flatMap { product in
            product.hasPrefix("purser/") ? String(product.dropFirst("purser/".count).prefix { $0 != " " }) : nil
        }
        self.isPurser = self.version != nil || headers.contains(name: "X-Request-Id")
    }

    /// Whether a version has the commands of this one: the same first number, and below 1 the same second (Semantic
    /// Versioning 2.0.0, §4 and §8).
    static func isOfThisKind(_ version: String, as own: String = PurserVersion.current) -> Bool {
        self.kind(version) == self.kind(own)
    }

    private static func kind(_ version: String) -> [Substring] {
        let numbers = version.split(separator: ".", omittingEmptySubsequences: false)
        return Array(numbers.prefix(numbers.first == "0" ? 2 : 1))
    }

    /// Says that there is no Purser at a URL.
    func foreign(at url: String) -> CommandError {
        CommandError(
            "what answers at \(url) is not Purser\(self.product.map { " but '\($0)'" } ?? ""); name its server with --server",
            code: CommandError.foreignServer
        )
    }
}
