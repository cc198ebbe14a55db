import Foundation

/// Dates as HTTP writes them (RFC 9110 §5.6.7).
enum HTTPDate {
    /// The preferred form and the two obsolete ones that have to be understood.
    private static let formats: [Date.FormatString] = [
        """
        \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \
        \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT
        """,
        """
        \(weekday: .wide), \(day: .twoDigits)-\(month: .abbreviated)-\(year: .twoDigits) \
        \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT
        """,
        """
        \(weekday: .abbreviated) \(month: .abbreviated) \(day: .defaultDigits) \
        \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) \
        \(year: .padded(4))
        """,
    ]

    private static let strategies = formats.map {
        Date.ParseStrategy(format: $0, locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, isLenient: false)
    }

    /// Reads a date.
    ///
    /// - Returns: `nil` where it is none.
    static func parse(_ text: String) -> Date? {
        for strategy in self.strategies {
            // Not in this form: the next one may fit.
            if let date = try? strategy.parse(text) { return date }
        }
        return nil
    }

    /// Writes a date, without its fraction of a second.
    ///
    /// By the C library, as it is part of every answer: its names of days and months are English unless somebody sets a
    /// locale, which Purser does not.
    static func format(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
        var fields = tm()
        gmtime_r(&seconds, &fields)
        return String(unsafeUninitializedCapacity: 40) { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                strftime($0.baseAddress, $0.count, "%a, %d %b %Y %H:%M:%S GMT", &fields)
            }
        }
    }
}
