/// All that is kept of one metric.
///
/// A value: ``MetricRecorder`` puts the lock around it.
struct MetricState {
    /// Minutes that wait to be taken, at most; what comes then counts to the last of them.
    private static let maxClosedMinutes = 2
    /// Samples after which a minute that nobody takes is counted to the whole, so that no count runs over.
    private static let maxMinuteCount: Int64 = 1 << 30

    let unit: MetricUnit
    var ring: SampleRing
    var tags: TagTable
    var contexts = ContextLog()
    var baseline = HourlyReservoir()
    private(set) var count: UInt64 = 0
    private(set) var sum = 0.0
    private(set) var min = 0.0
    private(set) var max = 0.0
    private(set) var last: StoredSample?
    /// All values but those of the minute that fills.
    private var total: ValueHistogram
    private var minute: MinuteFigures
    private var closed: [MinuteFigures] = []

    init(unit: MetricUnit, ring: SampleRing, tags: TagTable) {
        self.unit = unit
        self.ring = ring
        self.tags = tags
        self.total = ValueHistogram(unit: unit)
        self.minute = MinuteFigures(minute: 0, unit: unit)
    }

    /// Takes a sample.
    ///
    /// - Parameters:
    ///   - value: Finite.
    ///   - time: When it was measured, in milliseconds since 1970.
    ///   - arrival: When it came, likewise; to this minute and hour it counts in the history and the baseline.
    ///   - tags: The number of its tag set.
    mutating func record(_ value: Double, at time: Int64, arrival: Int64, tags: UInt16) {
        let minute = arrival / 60_000
        if minute != self.minute.minute || self.minute.count >= Self.maxMinuteCount { self.close(before: minute) }
        let sample = StoredSample(value: value, time: time, tags: tags)
        self.min = self.count == 0 ? value : Swift.min(self.min, value)
        self.max = self.count == 0 ? value : Swift.max(self.max, value)
        self.count += 1
        self.sum += value
        if sample.time >= self.last?.time ?? .min { self.last = sample }
        self.ring.append(sample)
        self.minute.add(value)
        self.baseline.add(value, hour: arrival / 3_600_000)
    }

    /// Takes what earlier minutes than this one came to, each once.
    ///
    /// - Parameters:
    ///   - minute: The minute that goes on, counted from 1970; a minute after it, left by a clock that was put back,
    ///     is taken as well.
    ///   - includingCurrent: Whether what this minute came to so far is taken too.
    /// - Returns: The minutes, none of them empty.
    mutating func takeMinutes(before minute: Int64, includingCurrent: Bool) -> [MinuteFigures] {
        if self.minute.minute != minute || includingCurrent { self.close(before: minute) }
        defer { self.closed.removeAll() }
        return self.closed
    }

    /// Adds all values ever recorded to a histogram of the same unit.
    func addValues(to histogram: inout ValueHistogram) {
        histogram.add(self.total)
        histogram.add(self.minute.histogram)
    }

    private mutating func close(before minute: Int64) {
        guard self.minute.count > 0 else {
            self.minute.minute = minute
            return
        }
        self.total.add(self.minute.histogram)
        if self.closed.count < Self.maxClosedMinutes {
            self.closed.append(self.minute)
            self.minute = MinuteFigures(minute: minute, unit: self.unit)
        } else {
            self.closed[self.closed.count - 1].add(self.minute)
            self.minute.begin(minute)
        }
    }
}
