import Foundation

/// The rate of a transfer, exponentially weighted: what was lately counts most.
struct RateMeter {
    /// After so long, what was before counts a third.
    private static let horizon = 5.0
    /// Looks closer together than this are put together.
    private static let leastInterval = Duration.milliseconds(50)
    /// Before this a rate would be a guess.
    private static let evidence = Duration.milliseconds(500)

    private var start: Duration
    private var last: (bytes: Int64, time: Duration)
    private var weighted: Double?

    /// Begins to measure.
    init(at time: Duration) {
        self.start = time
        self.last = (0, time)
    }

    /// Notes how many bytes have been moved in all.
    mutating func note(bytes: Int64, at time: Duration) {
        let interval = time - self.last.time
        guard interval >= Self.leastInterval else { return }
        let seconds = interval / .seconds(1)
        let rate = Double(bytes - self.last.bytes) / seconds
        let weight = 1 - exp(-seconds / Self.horizon)
        self.weighted = self.weighted.map { $0 + weight * (rate - $0) } ?? rate
        self.last = (bytes, time)
    }

    /// Bytes a second; `nil` until there is evidence.
    var rate: Double? {
        guard self.last.time - self.start >= Self.evidence, let weighted else { return nil }
        return max(0, weighted)
    }
}
