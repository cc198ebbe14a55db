import Histogram

/// Values by frequency, exact to two digits, in the resolution that their unit calls for.
///
/// It grows to what the largest value needs: 13 KB for seconds up to an hour. Values are scaled to whole numbers:
/// seconds and a user's own to millionths, percents and ratios to thousandths; bytes are whole already. What is beyond
/// 2^60 of these counts as that. Negative values, which only a user's own metric may have, have counts of their own.
struct ValueHistogram: Sendable {
    /// The largest scaled value that is told apart.
    static let limit: UInt64 = 1 << 60
    /// Counts of 32 bits must not run over: at this many values all counts are halved, which keeps the distribution.
    private static let maxCount: UInt64 = 1 << 31

    /// Values are multiplied by ten to this power.
    let exponent: UInt8
    private let scale: Double
    private var positive: Histogram<UInt32>
    private var negative: Histogram<UInt32>?

    /// An empty one for values of a unit.
    init(unit: MetricUnit) {
        self.init(exponent: Self.exponent(of: unit), expected: Self.expected(of: unit))
    }

    /// An empty one for values that are multiplied by ten to a power.
    init(exponent: UInt8, expected: UInt64 = 2) {
        self.exponent = exponent
        self.scale = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6][Int(min(exponent, 6))]
        self.positive = Self.empty(expected: expected)
    }

    /// How many values were counted.
    var count: UInt64 { self.positive.totalCount + (self.negative?.totalCount ?? 0) }

    /// Counts a value; it must be finite.
    mutating func record(_ value: Double) {
        self.record(scaled: self.scaled(value.magnitude), count: 1, isNegative: value < 0)
    }

    /// Adds the counts of another one of the same unit.
    mutating func add(_ other: ValueHistogram) {
        var added = other
        while added.count > Self.maxCount / 2 { added.halve() }
        while self.count + added.count > Self.maxCount { self.halve() }
        Self.add(added.positive, to: &self.positive)
        guard let negative = added.negative else { return }
        var magnitudes = self.negative.take() ?? Self.empty(expected: 2)
        Self.add(negative, to: &magnitudes)
        self.negative = consume magnitudes
    }

    /// Forgets all values and keeps the memory.
    mutating func reset() {
        self.positive.reset()
        self.negative?.reset()
    }

    /// The value that so many percent of all are at most; `nil` where there are none.
    func percentile(_ percent: Double) -> Double? {
        let total = self.count
        guard total > 0 else { return nil }
        let below = self.negative?.totalCount ?? 0
        guard below > 0, let negative else { return Double(self.positive.valueAtPercentile(percent)) / self.scale }
        let rank = max(1, min(total, UInt64((percent / 100 * Double(total)).rounded(.up))))
        if rank <= below {  // the smallest value is the largest magnitude
            let fromSmallest = Double(below - rank + 1)
            return -Double(negative.valueAtPercentile(100 * fromSmallest / Double(below))) / self.scale
        }
        let share = 100 * Double(rank - below) / Double(self.positive.totalCount)
        return Double(self.positive.valueAtPercentile(share)) / self.scale
    }

    private func scaled(_ value: Double) -> UInt64 {
        let scaled = (value * self.scale).rounded()
        return scaled < Double(Self.limit) ? UInt64(scaled) : Self.limit
    }

    private mutating func record(scaled: UInt64, count: UInt32, isNegative: Bool) {
        guard isNegative else {
            if !self.positive.record(scaled, count: count) {
                self.positive = Self.grown(self.positive, for: scaled)
                self.positive.record(scaled, count: count)
            }
            return
        }
        var magnitudes = self.negative.take() ?? Self.empty(expected: scaled)
        if !magnitudes.record(scaled, count: count) {
            magnitudes = Self.grown(magnitudes, for: scaled)
            magnitudes.record(scaled, count: count)
        }
        self.negative = consume magnitudes
    }

    private static func add(_ added: Histogram<UInt32>, to histogram: inout Histogram<UInt32>) {
        if added.maxRecorded > histogram.highestTrackableValue {
            histogram = Self.grown(histogram, for: added.maxRecorded)
        }
        histogram.add(added)
    }

    /// The same counts with room for larger values: eight times as large as the one that did not fit.
    ///
    /// The library would grow by itself, to twice the memory that it needs.
    private static func grown(_ histogram: Histogram<UInt32>, for value: UInt64) -> Histogram<UInt32> {
        var larger = Self.empty(expected: min(value, Self.limit / 8) * 8)
        larger.add(histogram)
        return larger
    }

    private mutating func halve() {
        func halved(_ histogram: Histogram<UInt32>) -> Histogram<UInt32> {
            var half = Self.empty(expected: histogram.highestTrackableValue)
            for (bucket, count) in Self.counts(of: histogram) {
                half.record(min(HistogramBucket.highestValue(of: bucket), Self.limit), count: max(1, count / 2))
            }
            return half
        }
        self.positive = halved(self.positive)
        self.negative = self.negative.map(halved)
    }

    private static func empty(expected: UInt64) -> Histogram<UInt32> {
        Histogram(highestTrackableValue: max(2, min(expected, Self.limit)), numberOfSignificantValueDigits: .two)
    }

    private static func exponent(of unit: MetricUnit) -> UInt8 {
        switch unit {
        case .seconds, .none: 6
        case .percent, .ratio: 3
        case .bytes, .bytesPerSecond: 0
        }
    }

    /// What values come to as a rule, scaled, so that no array grows while a sample is taken.
    private static func expected(of unit: MetricUnit) -> UInt64 {
        switch unit {
        case .seconds: 3_600_000_000
        case .percent, .ratio: 200_000
        case .bytes: 1 << 40
        case .bytesPerSecond: 1 << 36
        case .none: 2
        }
    }
}

extension ValueHistogram {
    /// The values with their counts, those of each sign in the order of their magnitude, as bucket numbers.
    func counts() -> (positive: [(bucket: Int, count: UInt32)], negative: [(bucket: Int, count: UInt32)]) {
        (Self.counts(of: self.positive), self.negative.map { Self.counts(of: $0) } ?? [])
    }

    /// The buckets that hold anything.
    ///
    /// Not by the library's iterator: it adds up all values on its way, and traps where the sum takes more than 64 bits.
    private static func counts(of histogram: Histogram<UInt32>) -> [(bucket: Int, count: UInt32)] {
        guard histogram.totalCount > 0 else { return [] }
        return (0...HistogramBucket.number(of: histogram.maxRecorded)).compactMap { bucket in
            let count = histogram.countForValue(HistogramBucket.highestValue(of: bucket))
            return count > 0 ? (bucket, count) : nil
        }
    }

    /// Counts values of a bucket.
    mutating func record(bucket: Int, count: UInt32, isNegative: Bool) {
        let value = min(HistogramBucket.highestValue(of: bucket), Self.limit)
        self.record(scaled: value, count: count, isNegative: isNegative)
    }
}
