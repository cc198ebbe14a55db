/// Numbers of bytes for people: three figures or so, in units of IEC 80000-13 (powers of 1,024).
enum ByteText {
    private static let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

    /// Writes a number of bytes, such as `17 B`, `1.5 KiB` or `230 MiB`.
    static func short(_ bytes: Int64) -> String {
        var value = Double(max(0, bytes))
        var unit = 0
        // From 1,023.5 on a number would be rounded to four figures.
        while value >= 1023.5, unit + 1 < Self.units.count {
            value /= 1024
            unit += 1
        }
        return "\(unit == 0 ? "\(Int64(value))" : FigureText.figures(value)) \(Self.units[unit])"
    }

    /// Writes a rate, such as `3.2 MiB/s`.
    static func rate(_ bytesPerSecond: Double) -> String {
        guard bytesPerSecond.isFinite, bytesPerSecond >= 0, bytesPerSecond < 9e18 else { return "-" }
        return "\(self.short(Int64(bytesPerSecond)))/s"
    }
}
