/// How the bytes of a blob are kept.
public enum BlobEncoding: String, Sendable, Hashable, CaseIterable {
    /// As they are, in the catalog.
    case inline
    /// As they are, in a file of their own.
    case raw
}
