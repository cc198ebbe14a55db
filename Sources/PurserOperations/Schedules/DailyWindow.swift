public import Foundation

/// Hours of each day in which something may happen, such as `01:00-06:00`; `22:00-04:00` goes over midnight.
public struct DailyWindow: Sendable, Hashable, CustomStringConvertible {
    /// Minutes from midnight to its begin; within it.
    public let begin: Int
    /// Minutes from midnight to its end; no more within it.
    public let end: Int

    /// Reads a window of the form `HH:MM-HH:MM`, in hours from 00:00 to 24:00.
    ///
    /// - Throws: ``ScheduleError``, also where begin and end are the same.
    public init(_ text: String) throws(ScheduleError) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let begin = Self.minutes(ends[0]), let end = Self.minutes(ends[1]), begin < 1_440 else {
            throw ScheduleError("'\(text.prefix(40))' is no window; it takes the form 01:00-06:00")
        }
        guard begin != end % 1_440 || end == 1_440 else {
            throw ScheduleError("the window '\(text.prefix(40))' ends when it begins")
        }
        self.begin = begin
        self.end = end
    }

    /// Hours and minutes of both ends.
    public var description: String { "\(Self.text(self.begin))-\(Self.text(self.end))" }

    /// Whether the local clocks show a time within the window.
    public func contains(_ date: Date, in timeZone: TimeZone) -> Bool {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let local = LocalTime(localSeconds: seconds + timeZone.offset(at: seconds))
        let minute = local.hour * 60 + local.minute
        return self.begin < self.end
            ? (self.begin..<self.end).contains(minute) : minute >= self.begin || minute < self.end
    }

    /// The first time from a date on that is within the window: the date itself where it is.
    public func nextOpening(from date: Date, in timeZone: TimeZone) -> Date {
        guard !self.contains(date, in: timeZone) else { return date }
        // By minutes, as the clocks may be moved in between: two days at most, when a window is what they leave out.
        var time = Int((date.timeIntervalSince1970 / 60).rounded(.down)) * 60
        for _ in 0..<(2 * 1_440 + 180) {
            time += 60
            let candidate = Date(timeIntervalSince1970: Double(time))
            if self.contains(candidate, in: timeZone) { return candidate }
        }
        return date
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(Self.isDigit) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1_440
        else { return nil }
        return hour * 60 + minute
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func text(_ minutes: Int) -> String {
        func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
    }
}
