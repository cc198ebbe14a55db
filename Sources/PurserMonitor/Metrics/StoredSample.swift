import Foundation

/// A sample as a ring keeps it: 16 bytes.
struct StoredSample {
    let value: Double
    private let lowTime: UInt32
    private let highTime: UInt16
    /// The number of its tag set.
    let tags: UInt16

    /// `time` is in milliseconds since 1970, below 2^48: some 8,900 years.
    init(value: Double, time: Int64, tags: UInt16) {
        let bits = UInt64(max(0, min(time, 1 << 48 - 1)))
        self.value = value
        self.lowTime = UInt32(truncatingIfNeeded: bits)
        self.highTime = UInt16(truncatingIfNeeded: bits >> 32)
        self.tags = tags
    }

    /// Milliseconds since 1970.
    var time: Int64 { Int64(self.highTime) << 32 | Int64(self.lowTime) }
}

extension Date {
    /// Whole milliseconds since 1970 in UTC; beyond their range the nearest.
    var milliseconds: Int64 {
        Int64(exactly: (self.timeIntervalSince1970 * 1_000).rounded()) ?? (self < .distantPast ? .min : .max)
    }

    init(milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1_000)
    }
}
