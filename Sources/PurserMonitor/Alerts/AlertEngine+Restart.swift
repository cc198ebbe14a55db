public import Foundation

extension AlertEngine {
    /// Takes up what an earlier process has kept; to be called once, before anything else.
    ///
    /// Alerts of rules that are gone, and events that ended with the process, are resolved. The others go on as they
    /// were, acknowledged ones too. As nothing is measured yet after a start, the absence of figures does not resolve
    /// them before the rule's window and `for` have passed; a figure that says so does. What was pending begins anew.
    ///
    /// - Parameters:
    ///   - alerts: What was kept, open or resolved, in any order.
    ///   - now: The time.
    /// - Returns: What changed by the restart.
    public mutating func restore(_ alerts: [Alert], at now: Date) -> AlertOutcome {
        let now = now.toTheMillisecond
        let rules = Dictionary(self.configuration.rules.map { ($0.name, $0) }) { first, _ in first }
        for alert in alerts.sorted(by: { ($0.changedAt, $0.id) < ($1.changedAt, $1.id) }) {
            let grace = rules[alert.rule].map { now.addingTimeInterval(($0.window + $0.wait) / .seconds(1)) }
            if alert.state == .resolved {
                self.remember(alert, graceUntil: grace)
            } else if alert.isActive, self.places.count < self.configuration.openLimit {
                self.keep(Watch(alert: alert, graceUntil: grace))
                if alert.endsWithProcess {
                    self.resolve(alert, at: now, because: "purser was restarted")
                } else if grace == nil, !alert.isEvent {
                    self.resolve(alert, at: now, because: "the rule is gone")
                }
            }
        }
        return self.finish(at: now)
    }

    private mutating func remember(_ alert: Alert, graceUntil: Date?) {
        self.resolved.append(alert)
        while self.resolved.count > self.configuration.resolvedLimit { self.resolved.removeFirst() }
        guard alert.isHeld, alert.isEvent || graceUntil != nil else { return }
        self.holds[alert.rule, default: [:]][alert.subject] = Hold(
            alert: alert.id,
            expiresAt: alert.expiresAt,
            graceUntil: graceUntil
        )
    }
}
