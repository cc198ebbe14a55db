extension AlertRule {
    /// The rules that Purser comes with, all of them on.
    public static let shipped: [AlertRule] = Self.work + Self.fill + Self.disk

    private static let work = [
        AlertRule(
            name: "slow_operations",
            metric: BuiltInMetric.durationThresholdRatio.rawValue,
            aggregation: .p95,
            window: .seconds(300),
            comparison: .above,
            threshold: 1,
            wait: .seconds(300),
            keepFiring: .seconds(60),
            message: "operations take longer than their kind may"
        ),
        AlertRule(
            name: "slow_transfers",
            metric: BuiltInMetric.transferThroughput.rawValue,
            aggregation: .p50,
            window: .seconds(300),
            comparison: .below,
            threshold: 1_000_000,
            keepFiring: .seconds(60),
            minimumSamples: 20,
            message: "the disk is slow for transfers"
        ),
        AlertRule(
            name: "failing_operations",
            metric: BuiltInMetric.errorRate.rawValue,
            aggregation: .mean,
            window: .seconds(300),
            comparison: .above,
            threshold: 5,
            keepFiring: .seconds(60),
            severity: .error,
            minimumSamples: 20,
            message: "operations fail"
        ),
    ]

    private static let fill = [
        Self.filling("slots_busy", .slotUtilization, "nearly all slots are in use"),
        Self.filling("memory_reserved", .memoryReservation, "nearly all of the memory budget is reserved"),
        Self.filling("queue_long", .queueUtilization, "the queue is nearly full"),
        AlertRule(
            name: "descriptors_high",
            metric: BuiltInMetric.descriptorUtilization.rawValue,
            aggregation: .last,
            window: .seconds(60),
            comparison: .atLeast,
            threshold: 80,
            message: "open descriptors come near their limit"
        ),
    ]

    private static let disk = [
        AlertRule(
            name: "disk_low",
            metric: BuiltInMetric.diskFree.rawValue,
            aggregation: .last,
            window: .seconds(60),
            comparison: .below,
            threshold: 20,
            family: "disk_free",
            message: "the disk fills up"
        ),
        AlertRule(
            name: "disk_critical",
            metric: BuiltInMetric.diskFree.rawValue,
            aggregation: .last,
            window: .seconds(60),
            comparison: .below,
            threshold: 10,
            severity: .critical,
            family: "disk_free",
            message: "the disk is nearly full"
        ),
    ]

    /// A rule on something that is nearly used up for a minute.
    private static func filling(_ name: String, _ metric: BuiltInMetric, _ message: String) -> AlertRule {
        AlertRule(
            name: name,
            metric: metric.rawValue,
            aggregation: .last,
            window: .seconds(30),
            comparison: .atLeast,
            threshold: 90,
            wait: .seconds(60),
            message: message
        )
    }
}
