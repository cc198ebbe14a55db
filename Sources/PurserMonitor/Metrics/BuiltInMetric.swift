/// What Purser measures by itself.
///
/// The raw value is the metric's name in documents, rules and exports; the first eight always stand in an export.
public enum BuiltInMetric: String, Sendable, CaseIterable, Codable {
    /// CPU time of the process, percent of what it may use; 100 is all of its cores.
    case cpuUsage = "cpu_usage"
    /// Memory of the process that is in RAM, bytes.
    case memoryUsage = "memory_usage"
    /// How long operations took from being asked for to their end, seconds; by kind.
    case responseTime = "response_time"
    /// How long commits of the catalog took, seconds.
    case databaseQueryTime = "database_query_time"
    /// How long listings took, seconds.
    case searchResponseTime = "search_response_time"
    /// How long a file of a job took, seconds.
    case documentProcessingTime = "document_processing_time"
    /// Bytes per second that the process read from and wrote to disks; by direction.
    case diskIO = "disk_io"
    /// Bytes per second that the service received and sent; by direction.
    case networkIO = "network_io"

    /// How long operations waited for a slot, seconds; by kind.
    case queueWait = "queue_wait"
    /// Operations' duration over their kind's threshold of warning: 1 is at the threshold; by kind.
    case durationThresholdRatio = "duration_threshold_ratio"
    /// Bytes per second that transfers moved in the time in which they waited for the disk; by kind.
    ///
    /// Those of less than 256 KiB are left out, as they measure an fsync.
    case transferThroughput = "transfer_throughput"
    /// 0 for an operation that succeeded, 100 for one that failed or timed out, so that the mean is the rate in percent.
    ///
    /// Questions whether a file is there are left out: no is an answer.
    case errorRate = "error_rate_percent"
    /// 100 for a failure that another attempt or a handler made good, 0 for one that stayed, so that the mean is a rate.
    case recoveryRate = "recovery_rate_percent"
    /// Slots in use, percent of the limit.
    case slotUtilization = "slot_utilization_percent"
    /// Memory reserved by operations, percent of the budget.
    case memoryReservation = "memory_reservation_percent"
    /// Operations that wait, percent of the queue's capacity.
    case queueUtilization = "queue_utilization_percent"
    /// Open descriptors, percent of the limit.
    case descriptorUtilization = "descriptor_utilization_percent"
    /// Free space of the store's disk, percent.
    case diskFree = "disk_free_percent"
    /// Bytes that the store takes, percent of the quota, or of the disk where there is none.
    case storeUtilization = "store_utilization_percent"
    /// How late the event loops ran what was due, seconds.
    case eventLoopDelay = "event_loop_delay"

    /// The eight that every export holds.
    public static let essential: [BuiltInMetric] = [
        .cpuUsage, .memoryUsage, .responseTime, .databaseQueryTime, .searchResponseTime, .documentProcessingTime,
        .diskIO, .networkIO,
    ]

    /// In what it is measured.
    public var unit: MetricUnit {
        switch self {
        case .responseTime, .databaseQueryTime, .searchResponseTime, .documentProcessingTime, .queueWait,
            .eventLoopDelay:
            .seconds
        case .memoryUsage: .bytes
        case .diskIO, .networkIO, .transferThroughput: .bytesPerSecond
        case .durationThresholdRatio: .ratio
        case .cpuUsage, .errorRate, .recoveryRate, .slotUtilization, .memoryReservation, .queueUtilization,
            .descriptorUtilization, .diskFree, .storeUtilization:
            .percent
        }
    }

    /// The name of the tag whose values are the subjects of rules on this metric; `nil` where there is one subject only.
    public var subjectTag: String? {
        switch self {
        case .responseTime, .queueWait, .durationThresholdRatio, .transferThroughput: "kind"
        case .diskIO, .networkIO: "direction"
        default: nil
        }
    }
}

/// In what a metric is measured.
public enum MetricUnit: String, Sendable, CaseIterable, Codable {
    case seconds
    case bytes
    case bytesPerSecond = "bytes_per_second"
    case percent
    case ratio
    /// A user's own: Purser does not know.
    case none
}
