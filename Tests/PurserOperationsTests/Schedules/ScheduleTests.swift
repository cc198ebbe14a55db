import Foundation
import PurserOperations
import Testing

@Suite
struct ScheduleTests {
    @Test(arguments: [
        ("01:00-06:00", "2026-01-01T00:59:59Z", false), ("01:00-06:00", "2026-01-01T01:00:00Z", true),
        ("01:00-06:00", "2026-01-01T05:59:59Z", true), ("01:00-06:00", "2026-01-01T06:00:00Z", false),
        ("22:00-04:00", "2026-01-01T23:00:00Z", true), ("22:00-04:00", "2026-01-01T03:59:00Z", true),
        ("22:00-04:00", "2026-01-01T04:00:00Z", false), ("22:00-04:00", "2026-01-01T12:00:00Z", false),
        ("00:00-24:00", "2026-01-01T12:00:00Z", true),
    ])
    func windowHasItsBeginAndNotItsEnd(_ text: String, _ date: String, _ isWithin: Bool) throws {
        #expect(try DailyWindow(text).contains(time(date), in: .gmt) == isWithin)
    }

    @Test(arguments: [
        ("01:00-06:00", "2026-01-01T06:00:00Z", "2026-01-02T01:00:00Z"),
        ("01:00-06:00", "2026-01-01T03:12:34Z", "2026-01-01T03:12:34Z"),
        ("22:00-04:00", "2026-01-01T04:00:01Z", "2026-01-01T22:00:00Z"),
    ])
    func windowOpensAgain(_ text: String, _ from: String, _ expected: String) throws {
        #expect(try DailyWindow(text).nextOpening(from: time(from), in: .gmt) == time(expected))
    }

    /// 02:00-03:00 is what Berlin leaves out on 29 March 2026.
    @Test
    func windowThatIsLeftOutOpensTheDayAfter() throws {
        let opening = try DailyWindow("02:00-03:00").nextOpening(
            from: time("2026-03-28T12:00:00+01:00"),
            in: zone("Europe/Berlin")
        )
        #expect(opening == (try time("2026-03-30T02:00:00+02:00")))
    }

    @Test(arguments: [
        "", "01:00", "1:00-6:00", "01:00-01:00", "00:60-01:00", "24:00-01:00", "01:00-25:00", "a-b",
        "01:00-02:00-03:00",
    ])
    func impossibleWindowIsRefused(_ text: String) {
        #expect(throws: ScheduleError.self) { try DailyWindow(text) }
    }

    @Test
    func whatWasMissedIsDueOnce() throws {
        let cron = Schedule.cron(try CronExpression("0 3 * * *"))
        let last = try time("2026-01-01T03:00:00Z")
        #expect(try cron.lastDue(after: last, upTo: time("2026-01-02T02:59:59Z"), in: .gmt) == nil)
        #expect(
            try cron.lastDue(after: last, upTo: time("2026-01-02T03:00:00Z"), in: .gmt) == time("2026-01-02T03:00:00Z")
        )
        #expect(
            try cron.lastDue(after: last, upTo: time("2029-05-05T00:00:00Z"), in: .gmt) == time("2029-05-04T03:00:00Z")
        )
        let yearly = Schedule.cron(try CronExpression("0 0 1 1 *"))
        #expect(
            try yearly.lastDue(after: last, upTo: time("2029-05-05T00:00:00Z"), in: .gmt)
                == time("2029-01-01T00:00:00Z")
        )
        let hourly = Schedule.interval(.seconds(3600))
        #expect(
            try hourly.lastDue(after: last, upTo: time("2026-01-05T03:30:00Z"), in: .gmt)
                == time("2026-01-05T03:00:00Z")
        )
        #expect(try hourly.next(after: last, in: .gmt) == time("2026-01-01T04:00:00Z"))
    }

    @Test
    func jitterStaysWithinItsLimit() throws {
        let date = try time("2026-01-01T03:00:00Z")
        let jitter = Jitter(.seconds(1800))
        #expect(try jitter.moved(date, to: -1) == time("2026-01-01T02:30:00Z"))
        #expect(try jitter.moved(date, to: 0.5) == time("2026-01-01T03:15:00Z"))
        #expect(try jitter.moved(date, to: 7) == time("2026-01-01T03:30:00Z"))
    }
}
