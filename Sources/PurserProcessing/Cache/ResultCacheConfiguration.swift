/// How much is kept of what steps have made.
public struct ResultCacheConfiguration: Sendable, Hashable {
    /// Bytes of results in memory.
    public var memoryBytes = 64 << 20
    /// How long a result stays in memory after it was put there.
    public var memoryLifetime = Duration.seconds(3_600)
    /// The most bytes of files of a result that is kept in memory, too.
    public var maxMemoryResultBytes = 256 << 10
    /// Bytes of results on the disk; the least used go when there are more.
    public var diskBytes: Int64 = 1_000_000_000
    /// How long a result stays on the disk after it was made.
    public var diskLifetime = Duration.seconds(30 * 86_400)

    /// The defaults.
    public init() {}

    /// The most bytes of one result: no single one drives all others out.
    var maxResultBytes: Int64 { self.diskBytes / 4 }
}

/// What became of looks for kept results, since the start.
public struct ResultCacheFigures: Sendable, Hashable {
    /// One place where results are kept.
    public struct Tier: Sendable, Hashable {
        /// Looks that found a result.
        public var hits: Int64 = 0
        /// Looks that found none.
        public var misses: Int64 = 0
        /// Results that went to make room for others, or as their time was over.
        public var evictions: Int64 = 0
        /// Results that there are.
        public var count: Int64 = 0
        /// Bytes that they take.
        public var bytes: Int64 = 0
    }

    /// In memory.
    public var memory = Tier()
    /// On the disk; only what memory does not have is looked for there.
    public var disk = Tier()
    /// Results that were found damaged, and removed.
    public var damaged: Int64 = 0
    /// Results that could not be kept.
    public var failures: Int64 = 0
}
