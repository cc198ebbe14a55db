/// A time at which a waiter is to be looked at.
struct AdmissionAlarm: Comparable, Sendable {
    let at: Duration
    let ticket: AdmissionTicket

    static func < (left: Self, right: Self) -> Bool { (left.at, left.ticket) < (right.at, right.ticket) }
}
