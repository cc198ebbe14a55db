import Foundation

/// Estimates a rate from irregular samples, the old ones counting for less and less.
///
/// Work and time are both aged by `exp(-Δt/τ)` and divided, so that a long pause lowers the rate as it should, and
/// the first samples are not biased towards zero. Costs nothing where nobody asks.
struct RateEstimator: Sendable {
    /// Samples closer together than this are left for the next one: they would measure the scheduler.
    static let minInterval: Duration = .milliseconds(100)
    /// The time after which a sample counts for about a third.
    static let timeConstant: Double = 10
    /// How long and how often work must have been seen before anything is promised.
    static let evidenceTime: Duration = .seconds(1)
    static let evidenceSamples = 2

    private var work = 0.0
    private var time = 0.0
    private var samples = 0
    private var first: Duration
    private var last: (at: Duration, value: Double)

    /// Starts at a time, with a value that was not reached by work seen here.
    init(at now: Duration, value: Double) {
        self.first = now
        self.last = (now, value)
    }

    /// Takes in that the value is such now.
    mutating func sample(at now: Duration, value: Double) {
        let interval = now - self.last.at
        guard interval >= Self.minInterval else { return }
        let seconds = interval.inSeconds
        let decay = exp(-seconds / Self.timeConstant)
        let gained = max(0, value - self.last.value)
        self.work = self.work * decay + gained
        self.time = self.time * decay + seconds
        self.samples += gained > 0 ? 1 : 0
        self.last = (now, value)
    }

    /// The rate per second; `nil` until there is evidence, and when nothing moves.
    var rate: Double? {
        guard self.samples >= Self.evidenceSamples, self.last.at - self.first >= Self.evidenceTime, self.time > 0
        else { return nil }
        let rate = self.work / self.time
        return rate > 1e-9 ? rate : nil
    }

    /// How long the rest of a whole of 1 takes from a value; `nil` until there is evidence.
    func remaining(from value: Double) -> Duration? {
        guard let rate else { return nil }
        // A week is as far as anybody should believe an estimate; it also keeps the conversion safe.
        return .seconds(min(max(0, 1 - value) / rate, 7 * 86_400))
    }
}
