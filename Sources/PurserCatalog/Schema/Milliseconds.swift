import Foundation

extension Date {
    /// Milliseconds since 1970 in UTC, the form in which the catalog keeps times; beyond its range the nearest one.
    var milliseconds: Int64 {
        let value = (self.timeIntervalSince1970 * 1000).rounded()
        return Int64(exactly: value) ?? (value < 0 ? .min : .max)
    }

    init(milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
