import Foundation
import PurserOperations
import Testing

/// The zone of a test; those named here are on every Debian.
func zone(_ name: String) throws -> TimeZone { try #require(TimeZone(identifier: name)) }

/// Reads a time with its offset, such as `2026-03-29T02:30:00+01:00`.
func time(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

@Suite
struct CronExpressionTests {
    @Test(arguments: [
        ("* * * * *", "2026-01-01T00:00:30Z", "2026-01-01T00:01:00Z"),
        ("* * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"),
        ("0 3 * * *", "2026-01-01T03:00:00Z", "2026-01-02T03:00:00Z"),
        ("0 3 * * *", "2026-01-01T02:59:59Z", "2026-01-01T03:00:00Z"),
        ("*/15 * * * *", "2026-01-01T00:46:00Z", "2026-01-01T01:00:00Z"),
        ("5-20/5,50 8-18/2 * * *", "2026-01-01T08:21:00Z", "2026-01-01T08:50:00Z"),
        ("5-20/5,50 8-18/2 * * *", "2026-01-01T18:51:00Z", "2026-01-02T08:05:00Z"),
        ("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"),
        ("0 0 31 * *", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z"),
        ("30 12 * jan,jul mon-fri", "2026-02-01T00:00:00Z", "2026-07-01T12:30:00Z"),
        ("0 0 * * 7", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"),
        ("0 0 * * SUN", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"),
        // Either day will do where both are named.
        ("0 0 13 * fri", "2026-02-01T00:00:00Z", "2026-02-06T00:00:00Z"),
        ("0 0 13 * fri", "2026-10-09T00:00:00Z", "2026-10-13T00:00:00Z"),
        // Both where one of them begins with a star.
        ("0 0 */2 * mon", "2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z"),
        ("59 23 31 12 *", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"),
    ])
    func nextTimeIsTheFirstThatMatches(_ text: String, _ after: String, _ expected: String) throws {
        let next = try CronExpression(text).next(after: try time(after), in: .gmt)
        #expect(next == (try time(expected)))
    }

    @Test(arguments: [
        // Berlin goes from 02:00 to 03:00 on 29 March 2026, and from 03:00 to 02:00 on 25 October.
        ("30 2 * * *", "2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00"),
        ("30 2 * * *", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"),
        ("0 3 * * *", "2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00"),
        ("30 2 * * *", "2026-10-24T12:00:00+02:00", "2026-10-25T02:30:00+02:00"),
        ("30 2 * * *", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"),
        ("0 3 * * *", "2026-10-25T02:30:00+02:00", "2026-10-25T03:00:00+01:00"),
        ("*/30 * * * *", "2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00"),
        ("*/30 * * * *", "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00"),
        ("0 0 * * mon", "2026-03-28T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),
        ("0 0 * * mon", "2026-10-24T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
        ("15 0 29 3 *", "2026-03-01T00:00:00+01:00", "2026-03-29T00:15:00+01:00"),
    ])
    func clocksThatAreMovedLoseNoTimeAndRepeatNone(_ text: String, _ after: String, _ expected: String) throws {
        let next = try CronExpression(text).next(after: try time(after), in: try zone("Europe/Berlin"))
        #expect(next == (try time(expected)))
    }

    /// Beirut's clocks go forward at midnight, Lord Howe's by half an hour.
    @Test(arguments: [
        ("Asia/Beirut", "0 0 * * *", "2025-03-29T12:00:00+02:00", "2025-03-30T01:00:00+03:00"),
        ("Asia/Beirut", "0 12 30 3 *", "2025-03-01T12:00:00+02:00", "2025-03-30T12:00:00+03:00"),
        ("Australia/Lord_Howe", "15 2 * * *", "2025-10-04T12:00:00+10:30", "2025-10-05T02:30:00+11:00"),
        ("Australia/Lord_Howe", "45 1 * * *", "2025-04-06T01:45:00+11:00", "2025-04-07T01:45:00+10:30"),
    ])
    func unusualClocksAreFollowed(_ place: String, _ text: String, _ after: String, _ expected: String) throws {
        let next = try CronExpression(text).next(after: try time(after), in: try zone(place))
        #expect(next == (try time(expected)))
    }

    /// Every minute of two years is looked at by the calendar, and must be found, and no other.
    @Test(arguments: ["Europe/Berlin", "America/New_York", "Asia/Kolkata"], ["17 */5 * * *", "0 4 1,15 * tue"])
    func calendarAgrees(_ place: String, _ text: String) throws {
        let zone = try zone(place)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let expression = try CronExpression(text)
        var next = try time("2026-01-01T00:00:00Z")
        var count = 0
        while let found = expression.next(after: next, in: zone), found < (try time("2028-01-01T00:00:00Z")) {
            let parts = calendar.dateComponents([.hour, .minute, .day, .weekday], from: found)
            let isEvery = text.hasPrefix("17")
            #expect(parts.minute == (isEvery ? 17 : 0), "\(found)")
            if isEvery {
                #expect((parts.hour ?? 1).isMultiple(of: 5), "\(found)")
            } else {
                #expect(parts.hour == 4 && (parts.day == 1 || parts.day == 15 || parts.weekday == 3), "\(found)")
            }
            #expect(found > next)
            next = found
            count += 1
        }
        // 730 days; an hour that is left out or repeated adds or takes some.
        #expect(text.hasPrefix("17") ? (3_646...3_654).contains(count) : (136...146).contains(count), "\(count)")
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * * 8",
        "a * * * *", "1- * * * *", "5-1 * * * *", "*/0 * * * *", "*/x * * * *", "5/2 * * * *", "1//2 * * * *",
        ", * * * *", "-1 * * * *", "* * * foo *", "0 0 30 feb *", "0 0 31 4,6,9,11 *", "+5 * * * *",
    ])
    func whatCannotBeIsRefused(_ text: String) {
        #expect(throws: ScheduleError.self) { try CronExpression(text) }
    }

    @Test
    func refusalNamesTheField() {
        let error = #expect(throws: ScheduleError.self) { try CronExpression("0 25 * * *") }
        #expect(error?.description == "the hour '25' takes 0 to 23")
    }
}
