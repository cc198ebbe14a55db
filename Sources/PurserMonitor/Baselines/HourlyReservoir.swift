/// A few values of one metric for each hour of the day, from which its baselines are made.
///
/// Of each hour 12 values are kept, each sample of the hour with the same chance (Vitter's algorithm R). For each hour
/// of the day the values of the last seven days on which anything was seen stay: at most 84, in 32 bits.
struct HourlyReservoir {
    /// Values kept of one hour.
    static let valuesPerHour = 12
    /// Values kept for one hour of the day.
    static let valuesPerHourOfDay = 7 * Self.valuesPerHour

    /// The values of earlier hours by hour of the day, the oldest first.
    private var hours = [[Float]](repeating: [], count: 24)
    private var current: [Float] = []
    /// The hour that fills, counted from 1970 in UTC.
    private(set) var currentHour: Int64 = 0
    private var seen: UInt64 = 0
    private var random: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// Takes a sample into account.
    ///
    /// - Parameters:
    ///   - value: The sample's value.
    ///   - hour: The hour of its arrival, counted from 1970 in UTC.
    mutating func add(_ value: Double, hour: Int64) {
        if hour != self.currentHour { self.begin(hour) }
        self.seen += 1
        if self.current.count < Self.valuesPerHour {
            self.current.append(Float(value))
            return
        }
        let draw = self.draw() % self.seen
        if draw < UInt64(Self.valuesPerHour) { self.current[Int(draw)] = Float(value) }
    }

    /// What is usual at an hour of the day; `nil` where nothing was seen at that hour.
    func baseline(hourOfDay: Int) -> Baseline? {
        let values = self.values(hourOfDay: hourOfDay).map(Double.init)
        guard let (median, spread) = OrderStatistics.medianAndSpread(of: values) else { return nil }
        return Baseline(hour: hourOfDay, median: median, spread: spread, samples: values.count)
    }

    /// The values kept for an hour of the day, those of the hour that fills included.
    func values(hourOfDay: Int) -> [Float] {
        let kept = self.hours[hourOfDay]
        guard Self.hourOfDay(self.currentHour) == hourOfDay else { return kept }
        return (kept + self.current).suffix(Self.valuesPerHourOfDay)
    }

    /// Puts values that were kept before a restart in front of those seen since.
    mutating func restore(_ values: [Float], hourOfDay: Int) {
        let finite = values.filter(\.isFinite)
        self.hours[hourOfDay] = (finite + self.hours[hourOfDay]).suffix(Self.valuesPerHourOfDay)
    }

    /// The hour of the day of an hour counted from 1970.
    static func hourOfDay(_ hour: Int64) -> Int { Int(((hour % 24) + 24) % 24) }

    private mutating func begin(_ hour: Int64) {
        let ended = Self.hourOfDay(self.currentHour)
        self.hours[ended] = (self.hours[ended] + self.current).suffix(Self.valuesPerHourOfDay)
        self.current.removeAll(keepingCapacity: true)
        self.currentHour = hour
        self.seen = 0
    }

    /// A linear congruential generator (Knuth's MMIX): only which of many samples stays depends on it.
    private mutating func draw() -> UInt64 {
        self.random = self.random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return self.random >> 33
    }
}
