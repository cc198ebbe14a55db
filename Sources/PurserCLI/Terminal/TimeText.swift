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

    private static func rounded(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return attoseconds >= 500_000_000_000_000_000 ? seconds &+ 1 : seconds
    }

    private static func twoDigits(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
