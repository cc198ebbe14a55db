public import Foundation

extension AlertEngine {
    /// Raises an alert that comes from no metric, or notes that it happened again.
    ///
    /// It fires at once.
    ///
    /// - Returns: What changed.
    public mutating func raise(_ event: AlertEvent, at now: Date) -> AlertOutcome {
        let now = now.toTheMillisecond
        let expiresAt = event.keep.map { now.addingTimeInterval($0 / .seconds(1)) }
        if self.holds[event.name]?[event.subject] != nil {
            guard event.isHappening else {
                self.holds[event.name]?[event.subject]?.expiresAt = expiresAt
                return self.finish(at: now)
            }
            self.release(event.name, event.subject)
        }
        let known = self.watches[event.name]?[event.subject]
        guard var watch = known ?? self.open(event, at: now) else { return self.finish(at: now) }
        if known != nil { watch.alert.occurrences += 1 }
        if watch.alert.severity < event.severity { watch.alert.isTold = false }
        watch.alert.severity = event.severity
        watch.alert.message = event.message
        watch.alert.value = event.value.flatMap { $0.isFinite ? $0 : nil }
        watch.alert.threshold = event.threshold.flatMap { $0.isFinite ? $0 : nil }
        watch.alert.expiresAt = expiresAt
        if watch.alert.state == .pending { self.fire(&watch.alert, at: now, because: event.message) }
        self.keep(watch)
        return self.finish(at: now)
    }

    /// Says that what was raised is over; nothing happens where it was not.
    ///
    /// - Parameters:
    ///   - name: The event's name.
    ///   - subject: The event's subject.
    ///   - reason: Why it is over, for people.
    ///   - now: The time.
    /// - Returns: What changed.
    public mutating func clear(
        _ name: String,
        subject: String = "",
        because reason: String = "it is over",
        at now: Date
    ) -> AlertOutcome {
        let now = now.toTheMillisecond
        self.release(name, subject)
        if let watch = self.watches[name]?[subject] { self.resolve(watch.alert, at: now, because: reason) }
        return self.finish(at: now)
    }

    private mutating func open(_ event: AlertEvent, at now: Date) -> Watch? {
        guard var alert = self.makeAlert(event.name, event.subject, event.severity, at: now) else { return nil }
        alert.family = event.family
        alert.rank = event.rank
        alert.isEvent = true
        alert.endsWithProcess = event.endsWithProcess
        return Watch(alert: alert)
    }

    /// Ends the events that have not happened for as long as they are kept.
    mutating func endExpired(at now: Date) {
        for watch in self.watches.values.joined().map(\.value) {
            guard let end = watch.alert.expiresAt, end <= now else { continue }
            self.resolve(watch.alert, at: now, because: "it has not happened again")
        }
        for (rule, subjects) in self.holds {
            for (subject, hold) in subjects {
                if let end = hold.expiresAt, end <= now { self.release(rule, subject) }
            }
        }
    }
}
