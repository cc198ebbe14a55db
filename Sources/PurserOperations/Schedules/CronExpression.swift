public import Foundation

/// Times that recur, in the five fields of cron: minute, hour, day of the month, month, day of the week.
///
/// Each field is `*`, a number, a name (`jan`, `mon`), a range (`1-5`), a step (`*/15`, `8-18/2`), or a list of those. As
/// in cron, a time has to match both the day of the month and that of the week where one of them begins with `*`, and
/// either of them where none does.
///
/// Times are those of the local clocks. A time that is skipped when the clocks go forward is due at the moment at which
/// they do; one that comes twice when they go back is due the first time. Where the hour begins with `*`, times follow
/// one another as on a day like any other.
public struct CronExpression: Sendable, Hashable, CustomStringConvertible {
    /// The expression as it was given.
    public let description: String
    private let minutes: CronField
    private let hours: CronField
    private let days: CronField
    private let months: CronField
    private let weekdays: CronField

    /// Reads an expression.
    ///
    /// - Parameter text: Five fields with blanks between them.
    /// - Throws: ``ScheduleError`` with the field that is wrong, also for dates that never come, such as 30 February.
    public init(_ text: String) throws(ScheduleError) {
        let fields = text.split(whereSeparator: \.isWhitespace)
        guard fields.count == 5 else {
            throw ScheduleError(
                "'\(text.prefix(80))' has \(fields.count) fields; five are wanted: minute hour day month weekday"
            )
        }
        self.description = fields.joined(separator: " ")
        self.minutes = try CronField(fields[0], .minute)
        self.hours = try CronField(fields[1], .hour)
        self.days = try CronField(fields[2], .day)
        self.months = try CronField(fields[3], .month)
        var weekdays = try CronField(fields[4], .weekday)
        weekdays.foldSunday()
        self.weekdays = weekdays
        guard self.canCome else { throw ScheduleError("'\(self.description)' names a day that no year has") }
    }

    /// The next time after another.
    ///
    /// - Parameters:
    ///   - date: The time to start from, exclusive.
    ///   - timeZone: Where the clocks are.
    /// - Returns: A full minute; `nil` where none comes within thirty years.
    public func next(after date: Date, in timeZone: TimeZone) -> Date? {
        let start = Int((date.timeIntervalSince1970 / 60).rounded(.down)) * 60
        guard let found = self.match(after: start, timeZone) else { return nil }
        let skipped = self.hours.isWildcard ? nil : self.skippedTime(after: start, before: found, timeZone)
        return Date(timeIntervalSince1970: Double(skipped ?? found))
    }

    /// How far the search goes, in seconds: two 29 February are at most eight years apart.
    private static let horizon = 30 * 366 * 86_400

    private func match(after start: Int, _ timeZone: TimeZone) -> Int? {
        var time = start + 60
        while time - start < Self.horizon {
            let offset = timeZone.offset(at: time)
            let local = LocalTime(localSeconds: time + offset)
            if !self.isDay(local) {
                time = Self.nextDay(after: time, local, offset, timeZone)
            } else if !self.hours.contains(local.hour) {
                time += 3_600 - local.minute * 60
            } else if !self.minutes.contains(local.minute) || self.isRepeated(time, offset, timeZone) {
                time += 60
            } else {
                return time
            }
        }
        return nil
    }

    /// Midnight of the next day, or the first time that it has.
    private static func nextDay(after time: Int, _ local: LocalTime, _ offset: Int, _ timeZone: TimeZone) -> Int {
        let next = time + 86_400 - (local.hour * 60 + local.minute) * 60
        let correction = offset - timeZone.offset(at: next)
        guard correction != 0 else { return next }
        // The clocks are moved on the way: midnight is that much earlier or later, unless it is what was left out.
        let corrected = next + correction
        let day = LocalTime(localSeconds: corrected + timeZone.offset(at: corrected)).dayNumber
        return day > local.dayNumber ? corrected : max(next, time + 60)
    }

    /// Whether the local clocks have shown this time before, as they were put back since.
    private func isRepeated(_ time: Int, _ offset: Int, _ timeZone: TimeZone) -> Bool {
        guard !self.hours.isWildcard else { return false }
        let before = timeZone.offset(at: time - 3 * 3_600)
        let difference = before - offset
        return difference > 0 && timeZone.offset(at: time - difference) == before
    }

    /// The moment at which the clocks leave out a time that is due.
    private func skippedTime(after start: Int, before end: Int, _ timeZone: TimeZone) -> Int? {
        var from = start
        while let transition = timeZone.nextTransition(after: from), transition < end {
            let before = timeZone.offset(at: transition - 1)
            let after = timeZone.offset(at: transition)
            for skipped in stride(from: transition + before, to: transition + after, by: 60)
            where self.matches(LocalTime(localSeconds: skipped)) {
                return transition
            }
            from = transition
        }
        return nil
    }

    private func matches(_ local: LocalTime) -> Bool {
        self.isDay(local) && self.hours.contains(local.hour) && self.minutes.contains(local.minute)
    }

    private func isDay(_ local: LocalTime) -> Bool {
        guard self.months.contains(local.month) else { return false }
        let isDayOfMonth = self.days.contains(local.day)
        let isDayOfWeek = self.weekdays.contains(local.weekday)
        return self.days.isWildcard || self.weekdays.isWildcard
            ? isDayOfMonth && isDayOfWeek : isDayOfMonth || isDayOfWeek
    }

    /// Whether there is a year with such a day.
    private var canCome: Bool {
        guard self.days.isWildcard || self.weekdays.isWildcard else { return true }
        let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains { month in
            self.months.contains(month) && (1...lengths[month - 1]).contains(where: self.days.contains)
        }
    }
}
