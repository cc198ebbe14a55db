extension BuiltInMetric {
    /// Where this metric stands in ``allCases``: an index for tables with one row per metric.
    ///
    /// A dictionary would hash the name on every sample.
    var index: Int {
        switch self {
        case .cpuUsage: 0
        case .memoryUsage: 1
        case .responseTime: 2
        case .databaseQueryTime: 3
        case .searchResponseTime: 4
        case .documentProcessingTime: 5
        case .diskIO: 6
        case .networkIO: 7
        case .queueWait: 8
        case .durationThresholdRatio: 9
        case .transferThroughput: 10
        case .errorRate: 11
        case .recoveryRate: 12
        case .slotUtilization: 13
        case .memoryReservation: 14
        case .queueUtilization: 15
        case .descriptorUtilization: 16
        case .diskFree: 17
        case .storeUtilization: 18
        case .eventLoopDelay: 19
        }
    }
}
