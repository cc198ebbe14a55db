import HTTPTypes

extension HTTPField.Name {
    /// RFC 9530.
    static let contentDigest = Self.named("Content-Digest")
    /// draft-ietf-httpapi-idempotency-key-header.
    static let idempotencyKey = Self.named("Idempotency-Key")
    /// RFC 9218.
    static let priority = Self.named("Priority")
    /// RFC 9530.
    static let reprDigest = Self.named("Repr-Digest")
    /// <https://www.w3.org/TR/server-timing/>.
    static let serverTiming = Self.named("Server-Timing")
    static let xCopyFrom = Self.named("X-Copy-From")
    static let xOperationID = Self.named("X-Operation-Id")
    static let xRequestID = Self.named("X-Request-Id")

    private static func named(_ text: String) -> Self {
        guard let name = Self(text) else { preconditionFailure("'\(text)' is a field name") }
        return name
    }
}
