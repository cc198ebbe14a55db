/// Durations for people who wait: `0:07`, `12:40`, `3:05:00`.
enum TimeText {
    /// Writes minutes and seconds, and hours where there are some; beyond 100 hours that is all it says.
    static func clock(_ duration: Duration) -> String {
        let seconds = max(0, Self.rounded(duration))
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        guard hours < 100 else { return ">99 h" }
        guard hours > 0 else { return "\(minutes):\(Self.twoDigits(seconds % 60))" }
        return "\(hours):\(Self.twoDigits(minutes)):\(Self.twoDigits(seconds % 60))"
    }

    /// Writes what something took, such as `340 µs`, `12.5 ms`, `1.2 s` or `2:05`.
    static func short(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "-" }
        switch seconds {
        case ..<0.000_999_5: return "\(Int((seconds * 1e6).rounded())) µs"
        case ..<0.999_5: return "\(FigureText.figures(seconds * 1e3)) ms"
        case ..<99.95: return "\(FigureText.figures(seconds)) s"
        default: return self.clock(.seconds(Int64(seconds.rounded())))
        }
    }

    private static func rounded(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return attoseconds >= 500_000_000_000_000_000 ? seconds &+ 1 : seconds
    }

    private static func twoDigits(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
