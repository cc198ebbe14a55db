/// The numbering of values that are alike to two digits, as it is kept in the history.
///
/// Values below 256 are buckets of their own. From there on each doubling has 128 buckets of equal width.
enum HistogramBucket {
    /// The highest number in use, that of ``ValueHistogram/limit``.
    static let last = Self.number(of: ValueHistogram.limit)

    /// The bucket of a value.
    static func number(of value: UInt64) -> Int {
        let shift = max(0, 56 - value.leadingZeroBitCount)
        return shift * 128 + Int(value >> UInt64(shift))
    }

    /// The largest value in a bucket.
    static func highestValue(of number: Int) -> UInt64 {
        guard number >= 256 else { return UInt64(number) }
        let shift = UInt64(number / 128 - 1)
        let lowest = (UInt64(number) - shift * 128) << shift
        return lowest + (1 << shift) - 1
    }
}
