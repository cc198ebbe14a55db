import PurserMonitor

/// How long the pieces of the store's work took.
package struct StoreTimesDocument: Codable, Sendable {
    package struct Batches: Codable, Sendable {
        package var count: Int
        package var mean: Double
        package var p50: Int
        package var p95: Int
        package var p99: Int
        package var max: Int
    }

    package struct SlowStatement: Codable, Sendable {
        package var count: Int
        package var totalSeconds: Double
        package var longestSeconds: Double
    }

    package struct Cache: Codable, Sendable {
        package var hits: Int64
        package var misses: Int64
    }

    package var stages: [String: TimesDocument]
    package var batchSize: Batches
    package var slowStatements: [String: SlowStatement]
    package var caches: [String: Cache]
    @OrNull package var logBytes: Int64?

    init(_ times: StoreLatencySummary, caches: [String: Cache], logBytes: Int64?) {
        self.stages = Dictionary(
            uniqueKeysWithValues: times.stages.map { ($0.key.rawValue, TimesDocument($0.value)) }
        )
        self.batchSize = Batches(
            count: times.batchSize.count,
            mean: times.batchSize.mean,
            p50: times.batchSize.p50,
            p95: times.batchSize.p95,
            p99: times.batchSize.p99,
            max: times.batchSize.max
        )
        self.slowStatements = times.slowStatements.mapValues { statement in
            SlowStatement(
                count: statement.count,
                totalSeconds: statement.total.exactSeconds,
                longestSeconds: statement.longest.exactSeconds
            )
        }
        self.caches = caches
        self.logBytes = logBytes
    }
}
