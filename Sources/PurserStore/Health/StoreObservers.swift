public import PurserCatalog
public import PurserIdentifiers

/// Who is told how the store's catalog does.
///
/// The disk's calls are observed by the file system that the store is opened with; see `TimedFileSystem`. The closures are
/// called on the threads that do the work: they must not block.
public struct StoreObservers: Sendable {
    /// Told of each transaction that was committed.
    public var onCommit: (@Sendable (CommittedBatch) -> Void)?
    /// Told of each statement that took 50 ms or longer, by a label from a closed set.
    public var onSlowStatement: (@Sendable (_ label: String, _ duration: Duration) -> Void)?

    /// Told of each content that was found damaged.
    public var onDamage: (@Sendable (BlobID) -> Void)?

    /// Nobody.
    public init() {}
}
