public import PurserCatalog

/// What is stored, how well, and where it leads; from counters, none by scanning.
public struct StorageFigures: Sendable, Equatable {
    /// Files, buckets and bytes.
    public var totals: CatalogTotals
    /// Bytes of all files over bytes of their distinct contents: 2 where each is there twice; `nil` for an empty store.
    public var dedupRatio: Double?
    /// Bytes of the distinct contents over bytes as kept: 2 where they take half; `nil` for an empty store.
    public var compressionRatio: Double?
    /// Bytes that no file needs any more, and that the collector will remove.
    public var reclaimableBytes: Int64
    /// Bytes as kept that come to it per day; `nil` until there is evidence.
    public var growthBytesPerDay: Double?
    /// Days until there is no room left; `nil` where it does not grow, or that is not known.
    public var daysUntilFull: Double?

    /// Works the figures out.
    ///
    /// - Parameters:
    ///   - totals: The catalog's counters.
    ///   - growth: How it grew so far.
    ///   - availableBytes: The room that is left: on the disk, or within the quota where that is less; `nil` where unknown.
    public init(_ totals: CatalogTotals, growth: StorageGrowth = StorageGrowth(), availableBytes: Int64? = nil) {
        self.totals = totals
        let kept = totals.physicalBytes - totals.reclaimableBytes
        self.dedupRatio = Self.ratio(totals.logicalBytes, totals.distinctBytes)
        self.compressionRatio = Self.ratio(totals.distinctBytes, kept)
        self.reclaimableBytes = totals.reclaimableBytes
        self.growthBytesPerDay = growth.bytesPerDay
        self.daysUntilFull = availableBytes.flatMap { growth.daysUntilFull(availableBytes: $0) }
    }

    private static func ratio(_ part: Int64, _ whole: Int64) -> Double? {
        whole > 0 ? Double(part) / Double(whole) : nil
    }
}
