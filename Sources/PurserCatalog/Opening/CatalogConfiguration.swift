public import PurserIdentifiers

/// How the catalog works.
///
/// The defaults fit; tests and measurements change them.
public struct CatalogConfiguration: Sendable {
    /// Read-only connections; at least 1.
    public var readers = 4
    /// Writes that one transaction takes at most.
    public var maxBatchItems = 1_000
    /// Bytes of inline contents after which a transaction takes no further write.
    public var maxBatchBytes = 16 * 1_024 * 1_024
    /// Pages in the write-ahead log that call for a checkpoint.
    public var checkpointPages = 4_000
    /// Bytes up to which the whole database is checked when it is opened.
    ///
    /// A larger one is checked for its header, its length and its schema only, so that opening takes no longer the more
    /// it holds.
    public var maxCheckedBytes: Int64 = 64 * 1_024 * 1_024
    /// Bytes of memory for rows of files that were read lately; 0 keeps none.
    public var cacheBytes = 8 * 1_024 * 1_024
    /// Called once, from any thread and with no lock held, when the disk fails or the database turns out damaged.
    ///
    /// The catalog is read-only from then on.
    public var onInputOutputError: @Sendable (CatalogError) -> Void = { _ in }

    /// Called after each transaction of the writer, on its thread: must not block.
    public var onCommit: (@Sendable (CommittedBatch) -> Void)?
    /// Called with a stable label of each statement that took at least ``slowStatementThreshold``, on the thread that ran
    /// it: must not block, nor use the catalog.
    ///
    /// The label is the name of the statement within the catalog, `begin`, `commit`, `rollback` or `other`: a closed set.
    public var onSlowStatement: (@Sendable (_ label: String, _ duration: Duration) -> Void)?
    /// Called with each content that was found damaged, when that is noted: must not block.
    public var onDamage: (@Sendable (BlobID) -> Void)?
    /// What counts as slow; SQLite measures whole milliseconds.
    public var slowStatementThreshold = Duration.milliseconds(50)

    /// The defaults.
    public init() {}
}
