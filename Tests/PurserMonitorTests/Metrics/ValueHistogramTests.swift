import Foundation
import PurserTestSupport
import Testing

@testable import PurserMonitor

@Suite
struct ValueHistogramTests {
    private func histogram(_ values: [Double], _ unit: MetricUnit = .none) -> ValueHistogram {
        var histogram = ValueHistogram(unit: unit)
        for value in values { histogram.record(value) }
        return histogram
    }

    private func values(seed: UInt64, count: Int = 2_000) -> [Double] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            pow(10, Double.random(in: -3...9, using: &random)) * (Bool.random(using: &random) ? 1 : -1)
        }
    }

    @Test(arguments: [0.5, 5, 25, 49.9, 50, 50.1, 75, 95, 99, 100])
    func percentilesHoldForNegativeValuesToo(_ percent: Double) throws {
        let values = self.values(seed: 11)
        let exact = nearestRank(percent, values)
        let found = try #require(self.histogram(values).percentile(percent))
        #expect(abs(found - exact) <= abs(exact) / 100 + 1e-6, "\(found), exactly \(exact)")
    }

    @Test
    func whatIsTooLargeCountsAsTheLargest() throws {
        let histogram = self.histogram([1e18, -1e18, 1], .none)
        #expect(histogram.count == 3)
        let largest = try #require(histogram.percentile(100))
        #expect(largest > 1e12)
        #expect(try #require(histogram.percentile(1)) == -largest)
    }

    @Test
    func nothingHasNoPercentiles() {
        #expect(ValueHistogram(unit: .seconds).percentile(50) == nil)
    }

    @Test(arguments: MetricUnit.allCases)
    func encodedCountsAddUp(_ unit: MetricUnit) throws {
        let values = self.values(seed: 3).map { unit == .none ? $0 : abs($0) }
        let (first, second) = (Array(values.prefix(700)), Array(values.dropFirst(700)))
        var restored = ValueHistogram(unit: unit)
        let isFirstTaken = restored.add(encoded: self.histogram(first, unit).encoded())
        let isSecondTaken = restored.add(encoded: self.histogram(second, unit).encoded())
        #expect(isFirstTaken && isSecondTaken)
        let whole = self.histogram(values, unit)
        #expect(restored.count == 2_000)
        #expect(restored.encoded() == whole.encoded())
        for percent in [1.0, 50, 95, 99] { #expect(restored.percentile(percent) == whole.percentile(percent)) }
    }

    @Test
    func encodingIsShort() {
        #expect(self.histogram([0.001, 0.001, 0.002, 5], .seconds).encoded().count <= 20)
        #expect(ValueHistogram(unit: .seconds).encoded() == [1, 6, 0, 0])
    }

    /// The layout of what is kept for a year: it must not change unnoticed.
    @Test
    func encodingIsAsDescribed() {
        // 300 millionths: bucket 128 + 150 = 278, which is 275 = 0x13 | 2 << 7 after bucket 3; twice.
        let histogram = self.histogram([0.000_003, 0.000_3, 0.000_3], .seconds)
        #expect(histogram.encoded() == [1, 6, 2, 3, 1, 0x93, 2, 2, 0])
        #expect(self.histogram([-0.000_003], .none).encoded() == [1, 6, 0, 1, 3, 1])
    }

    @Test
    func garbledBytesAddNothing() {
        let good = self.histogram([1, 2, -3]).encoded()
        var bad = (0..<good.count).map { Array(good.prefix($0)) }
        bad += [good + [0], [2] + good.dropFirst(), [1, 0] + good.dropFirst(2)]
        bad += [
            [1, 6, 0xff, 0xff, 0xff, 0xff],  // a number without an end
            [1, 6, 1, 0xff, 0xff, 0x7f, 1, 0],  // a bucket beyond the last
            [1, 6, 1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0],  // a count beyond 32 bits
        ]
        var histogram = self.histogram([7])
        for bytes in bad {
            let isTaken = histogram.add(encoded: bytes)
            #expect(!isTaken, "\(bytes)")
        }
        #expect(histogram.count == 1)
    }

    @Test
    func randomBytesNeverTrap() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<2_000 {
            var bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if bytes.count > 2 { bytes.replaceSubrange(0..<2, with: [1, 6]) }
            var histogram = ValueHistogram(unit: .seconds)
            _ = histogram.add(encoded: bytes)
        }
    }

    @Test
    func manyMillionValuesDoNotRunOver() throws {
        var histogram = self.histogram([1, 2])
        for _ in 0..<40 {  // doubles each time
            let same = histogram
            histogram.add(same)
        }
        #expect(histogram.count > 1 << 29)
        #expect(histogram.count <= 1 << 31)
        let median = try #require(histogram.percentile(50))
        #expect(abs(median - 1) <= 0.01)
        let highest = try #require(histogram.percentile(99))
        #expect(abs(highest - 2) <= 0.02)
    }

    /// Their sum, scaled, takes more than 64 bits.
    @Test
    func manyLargeValuesAreEncoded() {
        let values = [Double](repeating: 1e12, count: 1_000) + [Double](repeating: -1e18, count: 1_000)
        var restored = ValueHistogram(unit: .none)
        let isTaken = restored.add(encoded: self.histogram(values).encoded())
        #expect(isTaken)
        #expect(restored.count == 2_000)
    }

    @Test
    func bucketsAreThoseOfTheValues() {
        var random = SeededGenerator(seed: 9)
        for _ in 0..<5_000 {
            let value =
                UInt64.random(in: 0...ValueHistogram.limit, using: &random) >> UInt64.random(in: 0..<60, using: &random)
            let bucket = HistogramBucket.number(of: value)
            let highest = HistogramBucket.highestValue(of: bucket)
            #expect(highest >= value)
            #expect(highest - value <= value / 128)
            #expect(HistogramBucket.number(of: highest) == bucket)
            #expect(HistogramBucket.number(of: highest + 1) == bucket + 1)
        }
    }
}
