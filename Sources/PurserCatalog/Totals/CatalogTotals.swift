import GRDB

/// What the whole catalog holds, from counters that every transaction keeps.
public struct CatalogTotals: Sendable, Equatable {
    /// Buckets.
    public var buckets: Int64 = 0
    /// Files in all buckets.
    public var files: Int64 = 0
    /// Bytes of all files as their users see them.
    public var logicalBytes: Int64 = 0
    /// Distinct contents that files have.
    public var blobs: Int64 = 0
    /// Bytes of those contents, each counted once.
    public var distinctBytes: Int64 = 0
    /// Bytes as kept, encoded; with those that are not collected yet.
    public var physicalBytes: Int64 = 0
    /// The part of ``physicalBytes`` that lies in the catalog itself.
    public var inlineBytes: Int64 = 0
    /// The part of ``physicalBytes`` that no file has any more.
    public var reclaimableBytes: Int64 = 0

    /// Describes what a catalog holds; nothing where nothing is said.
    public init(
        buckets: Int64 = 0,
        files: Int64 = 0,
        logicalBytes: Int64 = 0,
        blobs: Int64 = 0,
        distinctBytes: Int64 = 0,
        physicalBytes: Int64 = 0,
        inlineBytes: Int64 = 0,
        reclaimableBytes: Int64 = 0
    ) {
        self.buckets = buckets
        self.files = files
        self.logicalBytes = logicalBytes
        self.blobs = blobs
        self.distinctBytes = distinctBytes
        self.physicalBytes = physicalBytes
        self.inlineBytes = inlineBytes
        self.reclaimableBytes = reclaimableBytes
    }
}

extension CatalogTotals {
    /// Decodes the columns of ``Query/totals``.
    init(_ row: Row) throws {
        self.init(
            buckets: try row.integer(0),
            files: try row.integer(1),
            logicalBytes: try row.integer(2),
            blobs: try row.integer(3),
            distinctBytes: try row.integer(4),
            physicalBytes: try row.integer(5),
            inlineBytes: try row.integer(6),
            reclaimableBytes: try row.integer(7)
        )
    }

    static func + (left: Self, right: Self) -> Self { left.adding(right, times: 1) }
    static func - (left: Self, right: Self) -> Self { left.adding(right, times: -1) }

    private func adding(_ other: Self, times: Int64) -> Self {
        Self(
            buckets: self.buckets + times * other.buckets,
            files: self.files + times * other.files,
            logicalBytes: self.logicalBytes + times * other.logicalBytes,
            blobs: self.blobs + times * other.blobs,
            distinctBytes: self.distinctBytes + times * other.distinctBytes,
            physicalBytes: self.physicalBytes + times * other.physicalBytes,
            inlineBytes: self.inlineBytes + times * other.inlineBytes,
            reclaimableBytes: self.reclaimableBytes + times * other.reclaimableBytes
        )
    }

    /// Counts a content in, or with -1 out.
    mutating func add(_ blob: BlobRecord, times: Int64) {
        self.physicalBytes += times * blob.storedSize
        if blob.isInline {
            self.inlineBytes += times * blob.storedSize
        }
        if blob.state == .live {
            self.blobs += times
            self.distinctBytes += times * blob.size
        } else {
            self.reclaimableBytes += times * blob.storedSize
        }
    }

    /// Counts a content that changes.
    mutating func replace(_ before: BlobRecord, by after: BlobRecord) {
        self.add(before, times: -1)
        self.add(after, times: 1)
    }
}
