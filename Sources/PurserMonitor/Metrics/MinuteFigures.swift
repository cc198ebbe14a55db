/// What the samples of one metric came to within one minute.
struct MinuteFigures {
    /// The minute, counted from 1970 in UTC.
    var minute: Int64
    private(set) var count: Int64 = 0
    private(set) var sum = 0.0
    private(set) var min = 0.0
    private(set) var max = 0.0
    private(set) var histogram: ValueHistogram

    init(minute: Int64, unit: MetricUnit) {
        self.minute = minute
        self.histogram = ValueHistogram(unit: unit)
    }

    mutating func add(_ value: Double) {
        self.min = self.count == 0 ? value : Swift.min(self.min, value)
        self.max = self.count == 0 ? value : Swift.max(self.max, value)
        self.count += 1
        self.sum += value
        self.histogram.record(value)
    }

    /// Takes the samples of a later minute in.
    mutating func add(_ other: MinuteFigures) {
        guard other.count > 0 else { return }
        self.min = self.count == 0 ? other.min : Swift.min(self.min, other.min)
        self.max = self.count == 0 ? other.max : Swift.max(self.max, other.max)
        self.count += other.count
        self.sum += other.sum
        self.histogram.add(other.histogram)
    }

    /// Begins another minute in the same memory.
    mutating func begin(_ minute: Int64) {
        self.minute = minute
        self.count = 0
        self.sum = 0
        self.histogram.reset()
    }
}
