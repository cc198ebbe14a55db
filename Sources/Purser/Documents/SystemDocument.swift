import PurserOperations

/// What is running and what is stored: `GET /v1/system`.
package struct SystemDocument: Codable, Sendable {
    package struct ResourceUsage: Codable, Sendable {
        package var activeOperations: Int
        package var queuedOperations: Int
        package var maxConcurrentOperations: Int
        package var memoryReservedBytes: Int
        package var memoryBudgetBytes: Int
        @OrNull package var memoryResidentBytes: Int64?
        package var diskReservedBytes: Int64
        package var highWater: HighWater
        package var totals: Totals
        package var kinds: [String: Kind]
    }

    package struct HighWater: Codable, Sendable {
        package var activeOperations: Int
        package var queuedOperations: Int
        package var memoryReservedBytes: Int
    }

    package struct Totals: Codable, Sendable {
        package var granted: Int
        package var refused: Int
        package var waitExpired: Int
        package var cancelled: Int
        package var timedOut: Int
        package var abandoned: Int

        init(_ counts: AdmissionCounts) {
            self.granted = counts.granted
            self.refused = counts.refused
            self.waitExpired = counts.waitExpired
            self.cancelled = counts.cancelled
            self.timedOut = counts.timedOut
            self.abandoned = counts.abandoned
        }
    }

    package struct Kind: Codable, Sendable {
        package var totals: Totals
        package var waitSeconds: TimesDocument
        package var holdSeconds: TimesDocument
    }

    package var resourceUsage: ResourceUsage
    package var storage: StorageDocument
    package var activeAlerts: Int
}

extension SystemDocument {
    package init(_ system: SystemMetrics) {
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
                            waitSeconds: TimesDocument(figures.wait),
                            holdSeconds: TimesDocument(figures.hold)
                        )
                    )
                }
            )
        )
        self.storage = StorageDocument(system)
        self.activeAlerts = system.activeAlerts
    }
}
