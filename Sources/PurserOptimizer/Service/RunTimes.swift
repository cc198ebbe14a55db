import Foundation
import PurserOperations

/// When runs start by themselves; a pure value.
struct RunTimes: Sendable, Equatable {
    /// The name under which the catalog keeps the last time that was due.
    static let name = "schedule"
    /// How long to wait after a run for low space before the next one.
    static let lowSpacePause = Duration.seconds(3_600)

    /// The last time of the schedule that was served, before it was moved at random.
    var lastDue: Date?
    /// Where in its range the next time is, from -1 to 1.
    var position = 0.0
    /// Bytes that had been stored when the last run began.
    var ingestedBytes: Int64 = 0
    /// When the last run for low space began.
    var lowSpaceRunAt: Date?

    /// When the next run of the schedule is to start; `nil` where none is.
    func next(_ schedule: RunSchedule) -> Date? {
        guard let times = schedule.times, let lastDue,
            let due = times.next(after: lastDue, in: schedule.timeZone)
        else { return nil }
        return Jitter(schedule.jitter).moved(due, to: self.position)
    }

    /// Takes the turn of the schedule where it has come.
    ///
    /// What was missed while nobody looked counts once.
    ///
    /// - Returns: Whether a run is to start.
    mutating func takeTurn(_ schedule: RunSchedule, at now: Date, random: Double) -> Bool {
        guard let times = schedule.times, let lastDue, let next = self.next(schedule), next <= now,
            let due = times.next(after: lastDue, in: schedule.timeZone)
        else { return false }
        self.lastDue = max(due, times.lastDue(after: lastDue, upTo: now, in: schedule.timeZone) ?? due)
        self.position = random
        return true
    }
}
