/// How the group commit does.
public struct CatalogMetrics: Sendable, Equatable {
    /// Transactions committed.
    public var batches: Int64 = 0
    /// Writes that these transactions answered, refused ones included.
    public var items: Int64 = 0
    /// Writes in the largest of them.
    public var largestBatch = 0
    /// From the begin to the end of the commit, in the last of them.
    public var lastBatchDuration = Duration.zero
    /// Writes done one by one, after their batch had failed.
    public var replays: Int64 = 0
    /// Checkpoints of the write-ahead log.
    public var checkpoints: Int64 = 0
    /// Writes that wait for their turn now.
    public var waiting = 0
}
