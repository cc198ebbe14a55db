import PurserMonitor
import PurserOperations

extension ExportedMetric {
    /// What came of operations.
    static let operations: [ExportedMetric] = [
        ExportedMetric(
            "purser_operations",
            .counter,
            "Operations that ended, by kind and by how they ended.",
            labels: ["kind", "state"]
        ) { state in
            state.performance.kinds.flatMap { kind in
                let counts = [
                    ("succeeded", kind.succeeded), ("failed", kind.failed), ("cancelled", kind.cancelled),
                    ("timed_out", kind.timedOut), ("refused", kind.refused),
                ]
                return counts.map { name, count in
                    Sample(
                        suffix: "_total",
                        labels: [Label("kind", kind.kind), Label("state", name)],
                        value: Double(count)
                    )
                }
            }
        },
        ExportedMetric(
            "purser_operation_bytes",
            .counter,
            "Bytes that operations moved.",
            labels: ["kind"]
        ) { state in
            state.performance.kinds.map {
                Sample(suffix: "_total", labels: [Label("kind", $0.kind)], value: Double($0.bytes))
            }
        },
        ExportedMetric(
            "purser_operation_duration_seconds",
            .summary,
            "Time for which operations held their slot, or worked without one.",
            labels: ["kind", "quantile"]
        ) { state in state.performance.kinds.flatMap { Self.times($0.kind, $0.duration) } },
        ExportedMetric(
            "purser_operation_wait_seconds",
            .summary,
            "Time for which operations waited for their slot.",
            labels: ["kind", "quantile"]
        ) { state in state.performance.kinds.flatMap { Self.times($0.kind, $0.wait) } },
        ExportedMetric(
            "purser_operation_errors",
            .counter,
            "Operations that an error ended, by its code.",
            labels: ["kind", "code"]
        ) { state in
            state.performance.kinds.flatMap { kind in
                kind.errors.map {
                    Sample(
                        suffix: "_total",
                        labels: [Label("kind", kind.kind), Label("code", $0.code)],
                        value: Double($0.count)
                    )
                }
            }
        },
    ]

    private static func times(_ kind: String, _ figures: DurationFigures) -> [Sample] {
        Sample.summary(
            [Label("kind", kind)],
            count: figures.count,
            sum: figures.sum,
            percentiles: [("0.5", figures.p50), ("0.9", figures.p90), ("0.95", figures.p95), ("0.99", figures.p99)]
        )
    }

    /// What there is to be had, and what is in use.
    static let resources: [ExportedMetric] = [
        ExportedMetric("purser_slots_in_use", .gauge, "Operations that hold a slot.") {
            Double($0.system.resources.active)
        },
        ExportedMetric("purser_slots_limit", .gauge, "Operations that may hold a slot at the same time.") {
            Double($0.system.resources.limit)
        },
        ExportedMetric("purser_queued_operations", .gauge, "Operations that wait for a slot.") {
            Double($0.system.resources.queued)
        },
        ExportedMetric("purser_reserved_memory_bytes", .gauge, "Memory that operations have reserved.") {
            Double($0.system.resources.memoryReserved)
        },
        ExportedMetric("purser_memory_budget_bytes", .gauge, "Memory that operations may reserve together.") {
            Double($0.system.resources.memoryBudget)
        },
        ExportedMetric("purser_reserved_disk_bytes", .gauge, "Bytes announced by uploads and not yet written.") {
            Double($0.system.resources.diskReserved)
        },
        ExportedMetric("purser_abandoned_operations", .counter, "Operations that went on after their cancel.") {
            Double($0.system.resources.counts.abandoned)
        },
        ExportedMetric("purser_scratch_files", .gauge, "Scratch files and folders of operations.") {
            Double($0.scratch.count)
        },
        ExportedMetric("purser_scratch_removal_failures", .counter, "Removals of scratch files that failed.") {
            Double($0.scratch.failedRemovals)
        },
    ]
}
