public import Foundation

extension AlertEngine {
    /// Notes that somebody knows of an alert; again changes nothing.
    ///
    /// - Parameters:
    ///   - id: The alert.
    ///   - reason: Who, or why, for people.
    ///   - now: The time.
    /// - Returns: The alert, and what changed.
    /// - Throws: ``AlertError``.
    public mutating func acknowledge(
        _ id: String,
        because reason: String,
        at now: Date
    ) throws(AlertError) -> (Alert, AlertOutcome) {
        let now = now.toTheMillisecond
        var watch = try self.openWatch(id)
        switch watch.alert.state {
        case .firing: break
        case .pending: throw AlertError(.alertPending, "alert \(id) does not fire yet")
        case .acknowledged, .resolved: return (watch.alert, self.finish(at: now))
        }
        watch.alert.change(to: .acknowledged, at: now, because: reason)
        self.keep(watch)
        self.outcome.changed.append(watch.alert)
        if watch.alert.isTold {
            let notification = AlertNotification(alert: watch.alert, event: .acknowledged, at: now)
            self.outcome.notifications.append(notification)
        }
        return (watch.alert, self.finish(at: now))
    }

    /// Resolves an alert by hand: it stays so until its condition has once been false.
    ///
    /// - Parameters:
    ///   - id: The alert, pending ones too.
    ///   - reason: Who, or why, for people.
    ///   - now: The time.
    /// - Returns: The alert, and what changed.
    /// - Throws: ``AlertError``.
    public mutating func resolve(
        _ id: String,
        because reason: String,
        at now: Date
    ) throws(AlertError) -> (Alert, AlertOutcome) {
        let now = now.toTheMillisecond
        let watch = try self.openWatch(id)
        let alert = watch.alert
        self.resolve(alert, at: now, because: reason, isHeld: true)
        self.holds[alert.rule, default: [:]][alert.subject] = Hold(
            alert: alert.id,
            expiresAt: alert.expiresAt,
            graceUntil: watch.graceUntil
        )
        return (self.resolved.last ?? alert, self.finish(at: now))
    }

    private func openWatch(_ id: String) throws(AlertError) -> Watch {
        if let place = self.places[id], let watch = self.watches[place.rule]?[place.subject] { return watch }
        guard self.resolved.contains(where: { $0.id == id }) else {
            throw AlertError(.alertNotFound, "there is no such alert, or it was resolved long ago")
        }
        throw AlertError(.alertResolved, "alert \(id) is resolved already")
    }
}
