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
    /// CPU time of the writer's work.
    public var writerTime = Duration.zero
    /// Rows of files that were found in memory.
    public var rowHits: Int64 = 0
    /// Rows of files that had to be read.
    public var rowMisses: Int64 = 0
}

/// A transaction of the writer that was committed.
public struct CommittedBatch: Sendable {
    /// From its begin to the end of its commit.
    public var duration: Duration
    /// How long each of its writes had waited before it began.
    public var waits: [Duration]
}
