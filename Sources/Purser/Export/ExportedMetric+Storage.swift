import PurserCatalog
import PurserMonitor
import PurserOperations
import PurserStore

extension ExportedMetric {
    /// What is stored.
    static let storage: [ExportedMetric] = [
        ExportedMetric("purser_files", .gauge, "Files in all buckets.") { Double($0.system.storage.files) },
        ExportedMetric("purser_buckets", .gauge, "Buckets.") { Double($0.system.storage.buckets) },
        ExportedMetric("purser_logical_bytes", .gauge, "Bytes of all files.") {
            Double($0.system.storage.logicalBytes)
        },
        ExportedMetric("purser_distinct_bytes", .gauge, "Bytes of the distinct contents of files.") {
            Double($0.system.storage.distinctBytes)
        },
        ExportedMetric("purser_physical_bytes", .gauge, "Bytes of contents as they are kept.") {
            Double($0.system.storage.physicalBytes)
        },
        ExportedMetric("purser_reclaimable_bytes", .gauge, "Bytes that no file needs any more.") {
            Double($0.system.storage.reclaimableBytes)
        },
        ExportedMetric("purser_dedup_ratio", .gauge, "Bytes of files over bytes of their distinct contents.") {
            $0.system.storageFigures.dedupRatio
        },
        ExportedMetric("purser_compression_ratio", .gauge, "Bytes of distinct contents over bytes as kept.") {
            $0.system.storageFigures.compressionRatio
        },
        ExportedMetric("purser_store_utilization_ratio", .gauge, "Share of the quota or the disk that is taken.") {
            $0.system.utilizationPercent / 100
        },
        ExportedMetric("purser_growth_bytes_per_day", .gauge, "Bytes by which the store grows in a day.") {
            $0.system.storageFigures.growthBytesPerDay
        },
        ExportedMetric("purser_full_in_seconds", .gauge, "Time until no room is left, as it grows now.") {
            $0.system.storageFigures.daysUntilFull.map { $0 * 86_400 }
        },
    ]

    /// How the store does.
    static let store: [ExportedMetric] = [
        ExportedMetric(
            "purser_store_stage_seconds",
            .summary,
            "Time that pieces of the store's work took.",
            labels: ["stage", "quantile"]
        ) { state in
            StoreStage.allCases.flatMap { stage -> [Sample] in
                guard let times = state.latencies.stages[stage] else { return [] }
                return Sample.summary(
                    [Label("stage", stage.rawValue)],
                    count: UInt64(times.count),
                    sum: times.mean.exactSeconds * Double(times.count),
                    percentiles: [
                        ("0.5", times.p50.exactSeconds), ("0.95", times.p95.exactSeconds),
                        ("0.99", times.p99.exactSeconds),
                    ]
                )
            }
        },
        ExportedMetric(
            "purser_catalog_batch_writes",
            .summary,
            "Writes that shared a transaction of the catalog.",
            labels: ["quantile"]
        ) { state in
            let size = state.latencies.batchSize
            return Sample.summary(
                [],
                count: UInt64(size.count),
                sum: size.mean * Double(size.count),
                percentiles: [("0.5", Double(size.p50)), ("0.95", Double(size.p95)), ("0.99", Double(size.p99))]
            )
        },
        ExportedMetric(
            "purser_slow_statements",
            .counter,
            "Statements of the catalog that took 50 ms or more.",
            labels: ["statement"]
        ) { state in
            state.latencies.slowStatements.sorted { $0.key < $1.key }.map {
                Sample(suffix: "_total", labels: [Label("statement", $0.key)], value: Double($0.value.count))
            }
        },
        ExportedMetric(
            "purser_cache_lookups",
            .counter,
            "Looks into the caches of rows and of small contents.",
            labels: ["cache", "result"]
        ) { state in
            let caches = [
                ("rows", state.store.catalog.rowHits, state.store.catalog.rowMisses),
                ("contents", state.store.contentHits, state.store.contentMisses),
            ]
            return caches.flatMap { cache, hits, misses in
                [("hit", hits), ("miss", misses)].map { result, count in
                    Sample(
                        suffix: "_total",
                        labels: [Label("cache", cache), Label("result", result)],
                        value: Double(count)
                    )
                }
            }
        },
        ExportedMetric("purser_catalog_log_bytes", .gauge, "Size of the catalog's write-ahead log.") {
            $0.store.logBytes.map(Double.init)
        },
    ]
}
