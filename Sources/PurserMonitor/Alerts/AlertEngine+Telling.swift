public import Foundation

extension AlertEngine {
    /// Adds a maintenance window; those that are over go.
    ///
    /// - Returns: Whether it was added; at most 100 are kept.
    @discardableResult
    public mutating func add(_ window: MaintenanceWindow, at now: Date) -> Bool {
        self.configuration.maintenance.removeAll { $0.to <= now }
        guard self.configuration.maintenance.count < 100 else { return false }
        self.configuration.maintenance.append(window)
        return true
    }

    /// What alerts of one trouble have in common.
    private struct Family: Hashable {
        var name: String
        var subject: String
    }

    /// How grave an alert is within its family.
    private struct Degree: Comparable {
        var severity: AlertSeverity
        var rank: Int

        static func < (left: Self, right: Self) -> Bool { (left.severity, left.rank) < (right.severity, right.rank) }
    }

    /// Tells every alert that fires, was not told, and is neither suppressed nor over the limit; the gravest first.
    mutating func tell(at now: Date) {
        self.telling.refill(at: now)
        let worst = self.worstOfFamilies()
        self.figures.suppressed = 0
        var untold: [Alert] = []
        for watch in self.watches.values.joined().map(\.value) where watch.alert.isActive {
            var alert = watch.alert
            alert.suppressedBy = self.suppressor(of: alert, worst, at: now)
            if alert.suppressedBy != watch.alert.suppressedBy { self.replace(alert) }
            if alert.suppressedBy != nil {
                self.figures.suppressed += 1
            } else if alert.state == .firing, !alert.isTold {
                untold.append(alert)
            }
        }
        for alert in untold.sorted(by: { ($1.severity, $0.changedAt, $0.id) < ($0.severity, $1.changedAt, $1.id) }) {
            self.tell(alert, at: now)
        }
    }

    private mutating func replace(_ alert: Alert) {
        self.watches[alert.rule]?[alert.subject]?.alert = alert
    }

    private mutating func tell(_ alert: Alert, at now: Date) {
        guard self.telling.allows(alert, at: now) else {
            self.figures.delayed += 1
            return
        }
        var alert = alert
        alert.isTold = true
        self.replace(alert)
        self.outcome.changed.append(alert)
        self.outcome.notifications.append(AlertNotification(alert: alert, event: .firing, at: now))
    }

    private func suppressor(of alert: Alert, _ worst: [Family: Alert], at now: Date) -> String? {
        if let window = self.configuration.maintenance.first(where: { $0.silences(alert, at: now) }) {
            return "maintenance:\(window.name)"
        }
        guard let family = alert.family,
            let other = worst[Family(name: family, subject: alert.subject)],
            Self.degree(of: alert) < Self.degree(of: other)
        else { return nil }
        return "alert:\(other.rule)"
    }

    private func worstOfFamilies() -> [Family: Alert] {
        var worst: [Family: Alert] = [:]
        for watch in self.watches.values.joined().map(\.value) where watch.alert.isActive {
            guard let name = watch.alert.family else { continue }
            let family = Family(name: name, subject: watch.alert.subject)
            if let other = worst[family], Self.degree(of: watch.alert) <= Self.degree(of: other) { continue }
            worst[family] = watch.alert
        }
        return worst
    }

    private static func degree(of alert: Alert) -> Degree { Degree(severity: alert.severity, rank: alert.rank) }
}
