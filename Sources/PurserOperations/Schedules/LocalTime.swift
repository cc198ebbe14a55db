import Foundation

/// A minute as the clocks on the wall show it, worked out from seconds and an offset without a calendar's overhead.
///
/// Days are counted by the rules of the Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
struct LocalTime: Hashable, Sendable {
    /// The month, 1 to 12.
    var month: Int
    /// The day of the month, 1 to 31.
    var day: Int
    /// The day of the week, 0 to 6; 0 is Sunday.
    var weekday: Int
    /// The hour, 0 to 23.
    var hour: Int
    /// The minute, 0 to 59.
    var minute: Int
    /// Days since 1970-01-01.
    var dayNumber: Int

    /// The local time so many seconds after 1970-01-01 00:00 by the local clocks.
    init(localSeconds: Int) {
        let dayNumber = Self.quotient(localSeconds, 86_400)
        let seconds = localSeconds - dayNumber * 86_400
        // Years begin in March here, so that the day that comes and goes is the last.
        let shifted = dayNumber + 719_468
        let era = Self.quotient(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        self.month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let weekday = (dayNumber + 4) % 7
        self.weekday = weekday < 0 ? weekday + 7 : weekday
        self.hour = seconds / 3_600
        self.minute = seconds % 3_600 / 60
        self.dayNumber = dayNumber
    }

    /// A quotient rounded towards minus infinity.
    private static func quotient(_ dividend: Int, _ divisor: Int) -> Int {
        let quotient = dividend / divisor
        return dividend % divisor < 0 ? quotient - 1 : quotient
    }
}

extension TimeZone {
    /// What the local clocks are ahead of UTC at a time, in seconds; times are seconds since 1970, UTC.
    func offset(at seconds: Int) -> Int {
        self.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }

    /// The next time at which the clocks are moved, in seconds since 1970; `nil` where they never are again.
    func nextTransition(after seconds: Int) -> Int? {
        self.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: Double(seconds)))
            .map { Int($0.timeIntervalSince1970.rounded()) }
    }
}
