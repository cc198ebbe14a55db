import PurserMonitor

/// What is stored, how well, and where it leads.
package struct StorageDocument: Codable, Sendable {
    package var files: Int64
    package var buckets: Int64
    package var logicalBytes: Int64
    package var distinctBytes: Int64
    package var physicalBytes: Int64
    package var reclaimableBytes: Int64
    package var utilizationPercent: Double
    @OrNull package var dedupRatio: Double?
    @OrNull package var compressionRatio: Double?
    @OrNull package var growthBytesPerDay: Double?
    @OrNull package var daysUntilFull: Double?

    init(_ system: SystemMetrics) {
        self.files = system.storage.files
        self.buckets = system.storage.buckets
        self.logicalBytes = system.storage.logicalBytes
        self.distinctBytes = system.storage.distinctBytes
        self.physicalBytes = system.storage.physicalBytes
        self.reclaimableBytes = system.storage.reclaimableBytes
        self.utilizationPercent = system.utilizationPercent
        self.dedupRatio = system.storageFigures.dedupRatio
        self.compressionRatio = system.storageFigures.compressionRatio
        self.growthBytesPerDay = system.storageFigures.growthBytesPerDay
        self.daysUntilFull = system.storageFigures.daysUntilFull
    }
}
