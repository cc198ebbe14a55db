public import PurserIdentifiers

/// Names a kept result of a step: a digest of all that it depends on.
public struct ResultKey: Sendable, Hashable {
    /// The digest.
    public let digest: BlobID

    /// Takes a digest.
    public init(_ digest: BlobID) {
        self.digest = digest
    }

    /// The digest as 64 lower-case hexadecimal digits.
    public var hex: String { self.digest.hex }
}
