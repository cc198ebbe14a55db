/// Percentiles of a few thousand values, exact, in time that grows with their number only.
enum OrderStatistics {
    /// The value that so many percent of all are at most, by nearest rank; `nil` where there are none.
    ///
    /// - Parameters:
    ///   - percent: 0 to 100.
    ///   - values: Changes its order.
    /// - Returns: One of the values.
    static func percentile(_ percent: Double, of values: inout [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let rank = Int((percent / 100 * Double(values.count)).rounded(.up))
        return Self.select(max(1, min(values.count, rank)) - 1, of: &values)
    }

    /// The median, and the median of the distances from it; `nil` where there are no values.
    static func medianAndSpread(of values: [Double]) -> (median: Double, spread: Double)? {
        var values = values
        guard let median = Self.percentile(50, of: &values) else { return nil }
        var distances = values.map { abs($0 - median) }
        return (median, Self.percentile(50, of: &distances) ?? 0)
    }

    /// The value that stands at a place once the values are in order: Hoare's selection.
    ///
    /// An order that defeats it is noticed by the number of rounds, and sorted.
    private static func select(_ place: Int, of values: inout [Double]) -> Double {
        var low = values.startIndex
        var high = values.endIndex - 1
        var rounds = 2 * (Int.bitWidth - values.count.leadingZeroBitCount)
        while low < high {
            rounds -= 1
            guard rounds > 0 else {
                values[low...high].sort()
                break
            }
            let pivot = values[low + (high - low) / 2]
            var left = low
            var right = high
            while left <= right {
                while values[left] < pivot { left += 1 }
                while pivot < values[right] { right -= 1 }
                guard left <= right else { break }
                values.swapAt(left, right)
                left += 1
                right -= 1
            }
            if place <= right {
                high = right
            } else if place >= left {
                low = left
            } else {
                break
            }
        }
        return values[place]
    }
}
