package import PurserMonitor

/// Everything that is measured, in one document: `GET /v1/metrics`.
///
/// Its schema is `docs/metrics.schema.json`.
package struct MetricsDocument: Encodable, Sendable {
    /// Grows when a field changes its meaning or goes; new fields do not change it.
    package static let version = 1

    package struct Metric: Codable, Sendable {
        package struct Usual: Codable, Sendable {
            package var hour: Int
            package var median: Double
            package var spread: Double
            package var samples: Int
        }

        package var unit: String
        package var count: UInt64
        @OrNull package var last: Double?
        @OrNull package var mean: Double?
        @OrNull package var min: Double?
        @OrNull package var max: Double?
        @OrNull package var p50: Double?
        @OrNull package var p90: Double?
        @OrNull package var p95: Double?
        @OrNull package var p99: Double?
        package var samples: Int
        @OrNull package var baseline: Usual?

        package init(_ summary: MetricSummary) {
            self.unit = summary.unit.rawValue
            self.count = summary.count
            self.samples = summary.samples
            self.last = summary.last
            self.mean = summary.mean
            self.min = summary.min
            self.max = summary.max
            self.p50 = summary.p50
            self.p90 = summary.p90
            self.p95 = summary.p95
            self.p99 = summary.p99
            self.baseline = summary.baseline.map {
                Usual(hour: $0.hour, median: $0.median, spread: $0.spread, samples: $0.samples)
            }
        }
    }

    package struct Errors: Codable, Sendable {
        package var total: Int
        package var recovered: Int
        package var unhandled: Int
        package var perMinute: Double
        @OrNull package var recoveryRatePercent: Double?
        package var byCode: [String: Int]
        package var bySeverity: [String: Int]

        init(_ figures: ErrorFigures) {
            self.total = figures.total
            self.recovered = figures.recovered
            self.unhandled = figures.unhandled
            self.perMinute = figures.perMinute
            self.byCode = figures.byCode
            self.bySeverity = Dictionary(
                uniqueKeysWithValues: figures.bySeverity.map { ($0.key.rawValue, $0.value) }
            )
            self.recoveryRatePercent = figures.recoveryRatePercent
        }
    }

    /// Samples that were not taken, or not whole, since the start.
    package struct Samples: Codable, Sendable {
        package var refused: UInt64
        package var foldedTagSets: UInt64
        package var droppedContexts: UInt64
        package var lostRollups: UInt64

        init(_ counts: MonitorCounts) {
            self.refused = counts.refusedSamples
            self.foldedTagSets = counts.foldedTagSets
            self.droppedContexts = counts.droppedContexts
            self.lostRollups = counts.lostRollups
        }
    }

    package var version = MetricsDocument.version
    package var generatedAt: String
    package var purserVersion = PurserVersion.current
    package var system: SystemDocument
    package var performance: PerformanceDocument
    package var storage: StorageDocument
    package var machine: MachineDocument
    package var store: StoreTimesDocument
    package var processing: ProcessingFiguresDocument
    package var errors: Errors
    package var metrics: [String: Metric]
    package var samples: Samples
    package var alerts: [AlertDocument]
}

extension MetricsDocument {
    /// The metrics of a snapshot, by name.
    static func metrics(of snapshot: MonitorSnapshot) -> [String: Metric] {
        Dictionary(uniqueKeysWithValues: snapshot.metrics.map { ($0.name, Metric($0)) })
    }
}
