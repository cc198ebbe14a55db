import PurserMonitor
import PurserOperations

/// How long something took, over many times; in seconds, `null` where there were none.
package struct TimesDocument: Codable, Sendable {
    package var count: UInt64
    @OrNull package var mean: Double?
    @OrNull package var p50: Double?
    @OrNull package var p90: Double?
    @OrNull package var p95: Double?
    @OrNull package var p99: Double?
    @OrNull package var max: Double?

    init(_ times: DurationSummary) {
        self.count = UInt64(times.count)
        guard times.count > 0 else { return }
        self.mean = times.mean.exactSeconds
        self.p50 = times.p50.exactSeconds
        self.p95 = times.p95.exactSeconds
        self.p99 = times.p99.exactSeconds
        self.max = times.max.exactSeconds
    }

    init(_ times: DurationFigures) {
        self.count = times.count
        guard times.count > 0 else { return }
        self.mean = times.mean
        self.p50 = times.p50
        self.p90 = times.p90
        self.p95 = times.p95
        self.p99 = times.p99
        self.max = times.max
    }
}
