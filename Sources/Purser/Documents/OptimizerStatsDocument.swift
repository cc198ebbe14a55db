package import PurserOptimizer

/// How small the store is kept: `GET /v1/optimizer/stats`.
package struct OptimizerStatsDocument: Codable, Sendable {
    /// What a strategy would find.
    package struct Candidates: Codable, Sendable {
        package var files: Int64
        package var bytes: Int64
    }

    package var totalFiles: Int64
    package var storageUtilizationPercent: Double
    package var logicalBytes: Int64
    package var distinctBytes: Int64
    package var physicalBytes: Int64
    package var spaceSavedBytes: Int64
    package var savings: [String: Int64]
    package var candidates: [String: Candidates]
    @OrNull package var lastRun: OptimizerRunDocument?
    @OrNull package var nextRunAt: String?

    package init(_ stats: OptimizationStats) {
        self.totalFiles = stats.totalFiles
        self.storageUtilizationPercent = stats.storageUtilizationPercent
        self.logicalBytes = stats.logicalBytes
        self.distinctBytes = stats.distinctBytes
        self.physicalBytes = stats.physicalBytes
        self.spaceSavedBytes = stats.spaceSavedBytes
        self.savings = Dictionary(uniqueKeysWithValues: stats.savings.map { ($0.key.rawValue, $0.value) })
        self.candidates = Dictionary(
            uniqueKeysWithValues: stats.candidates.map {
                ($0.key.rawValue, Candidates(files: $0.value.files, bytes: $0.value.bytes))
            }
        )
        self.lastRun = stats.lastRun.map { OptimizerRunDocument($0) }
        self.nextRunAt = stats.nextRunAt?.rfc3339
    }
}
