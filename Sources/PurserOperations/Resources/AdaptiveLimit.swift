/// Finds how many slots the disk bears, by comparing its latency of late with its usual one.
///
/// A gradient controller after Netflix's "Gradient2": while the two agree the limit grows by a small allowance; when
/// the latency of late is above the usual by more than the tolerance, the limit shrinks in proportion. A pure value.
struct AdaptiveLimit: Sendable {
    /// How far above the usual latency may be before it counts.
    static let tolerance = 1.5
    /// The slots by which the limit grows in quiet times.
    static let allowance = 4.0
    /// How much of each step is taken.
    static let smoothing = 0.2
    /// Samples over which the usual latency is taken.
    static let window = 600.0

    private let configuration: AdaptiveLimitConfiguration
    private var limit: Double
    private var usual: Double?
    private var sum = 0.0
    private var count = 0

    init(_ configuration: AdaptiveLimitConfiguration, initial: Int) {
        self.configuration = configuration
        self.limit = Double(initial)
    }

    /// Takes in one latency of the disk's stage.
    mutating func record(_ latency: Duration) {
        let seconds = latency.inSeconds
        guard seconds > 0 else { return }
        self.sum += seconds
        self.count += 1
    }

    /// Ends a period, and says how many slots there are to be.
    ///
    /// - Parameter active: How many are in use. A limit that is not used is not raised, as nothing was learnt of it.
    /// - Returns: The number of slots.
    mutating func update(active: Int) -> Int {
        defer { (self.sum, self.count) = (0, 0) }
        guard self.count > 0 else { return self.rounded }
        let recent = self.sum / Double(self.count)
        let usual = self.learn(recent)
        let gradient = min(max(Self.tolerance * usual / recent, 0.5), 1)
        let isUsed = Double(active) >= self.limit / 2
        guard isUsed || gradient < 1 else { return self.rounded }
        let target = self.limit * gradient + Self.allowance
        let next = self.limit * (1 - Self.smoothing) + target * Self.smoothing
        self.limit = min(max(next, Double(self.configuration.min)), Double(self.configuration.max))
        return self.rounded
    }

    private var rounded: Int { Int(self.limit) }

    /// Moves the usual latency a little; faster down than up, so that a spell of slowness is not taken for usual.
    private mutating func learn(_ recent: Double) -> Double {
        guard let usual else {
            self.usual = recent
            return recent
        }
        let weight = min(Double(self.count), Self.window) * 2 / (Self.window + 1)
        var next = usual + (recent - usual) * min(weight, 1)
        if usual / recent > 2 { next = min(next, usual * 0.95) }
        self.usual = next
        return next
    }
}
