package import PurserMonitor

/// How a metric went: `GET /v1/metrics/series`.
package struct SeriesDocument: Codable, Sendable {
    package struct Point: Codable, Sendable {
        package var start: String
        package var count: Int64
        package var sum: Double
        package var mean: Double
        package var min: Double
        package var max: Double
        @OrNull package var p50: Double?
        @OrNull package var p95: Double?
        @OrNull package var p99: Double?
    }

    package var metric: String
    package var stepSeconds: Double
    package var points: [Point]

    package init(metric: String, step: Duration, points: [SeriesPoint]) {
        self.metric = metric
        self.stepSeconds = step.exactSeconds
        self.points = points.map { point in
            Point(
                start: point.start.rfc3339,
                count: point.count,
                sum: point.sum,
                mean: point.mean,
                min: point.min,
                max: point.max,
                p50: point.p50,
                p95: point.p95,
                p99: point.p99
            )
        }
    }
}

/// The operations that ended last: `GET /v1/performance/operations`.
package struct FinishedOperationListDocument: Codable, Sendable {
    package var operations: [FinishedOperationDocument]

    package init(operations: [FinishedOperationDocument]) {
        self.operations = operations
    }
}
