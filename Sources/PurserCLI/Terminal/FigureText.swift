import Foundation
import Purser

/// Numbers for people.
enum FigureText {
    /// Writes a positive number with three figures or so: `1.5`, `23.4`, `230`.
    static func figures(_ value: Double) -> String {
        guard value < 99.95 else { return "\(Int64(value.rounded()))" }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// Writes a share, such as `99.5%`; a hyphen where it is not known.
    static func percent(_ value: Double?) -> String {
        guard let value, value.isFinite, abs(value) < 1e12 else { return "-" }
        return String(format: "%.1f%%", value)
    }

    /// Writes a figure of a metric in its unit.
    ///
    /// - Parameters:
    ///   - value: The figure; a hyphen stands for none.
    ///   - unit: Its unit; `nil` where it has none that this program knows.
    /// - Returns: The figure with its unit, or a plain number.
    static func metric(_ value: Double?, _ unit: MetricUnit?) -> String {
        guard let value, value.isFinite else { return "-" }
        switch unit {
        case .seconds where value >= 0: return TimeText.short(seconds: value)
        case .bytes where (0..<9e18).contains(value): return ByteText.short(Int64(value))
        case .bytesPerSecond where value >= 0: return ByteText.rate(value)
        case .percent: return self.percent(value)
        default: return self.plain(value)
        }
    }

    private static func plain(_ value: Double) -> String {
        guard abs(value) < 1e15 else { return String(format: "%.4g", value) }
        return abs(value) >= 1000 ? "\(Int64(value.rounded()))" : String(format: "%.4g", value)
    }
}
