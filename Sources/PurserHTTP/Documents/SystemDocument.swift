import Purser
import PurserCatalog
import PurserOperations

/// Whether the service lives, or takes work.
struct HealthDocument: Encodable {
    var status: String
    @OrNull var reason: String?
}

/// What is running and what is stored.
struct SystemDocument: Encodable {
    struct ResourceUsage: Encodable {
        var activeOperations: Int
        var queuedOperations: Int
        var maxConcurrentOperations: Int
        var memoryReservedBytes: Int
        var memoryBudgetBytes: Int
        @OrNull var memoryResidentBytes: Int64?
        var diskReservedBytes: Int64
        var highWater: HighWater
        var totals: Totals
        var kinds: [String: Kind]

        enum CodingKeys: String, CodingKey {
            case totals, kinds
            case activeOperations = "active_operations"
            case queuedOperations = "queued_operations"
            case maxConcurrentOperations = "max_concurrent_operations"
            case memoryReservedBytes = "memory_reserved_bytes"
            case memoryBudgetBytes = "memory_budget_bytes"
            case memoryResidentBytes = "memory_resident_bytes"
            case diskReservedBytes = "disk_reserved_bytes"
            case highWater = "high_water"
        }
    }

    struct HighWater: Encodable {
        var activeOperations: Int
        var queuedOperations: Int
        var memoryReservedBytes: Int

        enum CodingKeys: String, CodingKey {
            case activeOperations = "active_operations"
            case queuedOperations = "queued_operations"
            case memoryReservedBytes = "memory_reserved_bytes"
        }
    }

    struct Totals: Encodable {
        var granted: Int
        var refused: Int
        var waitExpired: Int
        var cancelled: Int
        var timedOut: Int
        var abandoned: Int

        enum CodingKeys: String, CodingKey {
            case granted, refused, cancelled, abandoned
            case waitExpired = "wait_expired"
            case timedOut = "timed_out"
        }

        init(_ counts: AdmissionCounts) {
            self.granted = counts.granted
            self.refused = counts.refused
            self.waitExpired = counts.waitExpired
            self.cancelled = counts.cancelled
            self.timedOut = counts.timedOut
            self.abandoned = counts.abandoned
        }
    }

    struct Kind: Encodable {
        var totals: Totals
        var waitSeconds: Times
        var holdSeconds: Times

        enum CodingKeys: String, CodingKey {
            case totals
            case waitSeconds = "wait_seconds"
            case holdSeconds = "hold_seconds"
        }
    }

    struct Times: Encodable {
        var count: Int
        @OrNull var mean: Double?
        @OrNull var p50: Double?
        @OrNull var p95: Double?
        @OrNull var p99: Double?
        @OrNull var max: Double?

        init(_ times: DurationSummary) {
            self.count = times.count
            let isEmpty = times.count == 0
            self.mean = isEmpty ? nil : times.mean.exactSeconds
            self.p50 = isEmpty ? nil : times.p50.exactSeconds
            self.p95 = isEmpty ? nil : times.p95.exactSeconds
            self.p99 = isEmpty ? nil : times.p99.exactSeconds
            self.max = isEmpty ? nil : times.max.exactSeconds
        }
    }

    struct Storage: Encodable {
        var files: Int64
        var buckets: Int64
        var logicalBytes: Int64
        var distinctBytes: Int64
        var physicalBytes: Int64
        var utilizationPercent: Double

        enum CodingKeys: String, CodingKey {
            case files, buckets
            case logicalBytes = "logical_bytes"
            case distinctBytes = "distinct_bytes"
            case physicalBytes = "physical_bytes"
            case utilizationPercent = "utilization_percent"
        }
    }

    var resourceUsage: ResourceUsage
    var storage: Storage
    var activeAlerts: Int

    enum CodingKeys: String, CodingKey {
        case storage
        case resourceUsage = "resource_usage"
        case activeAlerts = "active_alerts"
    }
}

extension SystemDocument {
    init(_ system: SystemMetrics) {
        let resources = system.resources
        self.resourceUsage = ResourceUsage(
            activeOperations: resources.active,
            queuedOperations: resources.queued,
            maxConcurrentOperations: resources.limit,
            memoryReservedBytes: resources.memoryReserved,
            memoryBudgetBytes: resources.memoryBudget,
            memoryResidentBytes: system.residentBytes,
            diskReservedBytes: resources.diskReserved,
            highWater: HighWater(
                activeOperations: resources.activeHighWater,
                queuedOperations: resources.queuedHighWater,
                memoryReservedBytes: resources.memoryHighWater
            ),
            totals: Totals(resources.counts),
            kinds: Dictionary(
                uniqueKeysWithValues: resources.kinds.map { kind, figures in
                    (
                        kind.rawValue,
                        Kind(
                            totals: Totals(figures.counts),
                            waitSeconds: Times(figures.wait),
                            holdSeconds: Times(figures.hold)
                        )
                    )
                }
            )
        )
        self.storage = Storage(
            files: system.storage.files,
            buckets: system.storage.buckets,
            logicalBytes: system.storage.logicalBytes,
            distinctBytes: system.storage.distinctBytes,
            physicalBytes: system.storage.physicalBytes,
            utilizationPercent: system.utilizationPercent
        )
        self.activeAlerts = system.activeAlerts
    }
}
