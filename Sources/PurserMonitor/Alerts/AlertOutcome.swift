public import Foundation

/// What there is to do after alerts were judged: whoever runs the engine does it, outside of any lock.
public struct AlertOutcome: Sendable {
    /// Alerts to be kept, as they are now; each once.
    public internal(set) var changed: [Alert] = []
    /// What to give to the channels, in the order in which it happened.
    public internal(set) var notifications: [AlertNotification] = []
}

/// Something that the channels tell.
public struct AlertNotification: Sendable, Hashable {
    /// What happened to the alert.
    public enum Event: String, Sendable, CaseIterable, Codable {
        case firing
        case acknowledged
        case resolved
    }

    /// The alert, as it was then.
    public var alert: Alert
    /// What happened.
    public var event: Event
    /// When.
    public var at: Date

    /// Describes what happened.
    public init(alert: Alert, event: Event, at time: Date) {
        self.alert = alert
        self.event = event
        self.at = time
    }
}

/// How many alerts there are, and what came of all since the start.
public struct AlertFigures: Sendable, Hashable {
    /// Alerts that wait to fire.
    public var pending = 0
    /// Alerts that fire and that nobody has acknowledged.
    public var firing = 0
    /// Alerts that somebody has acknowledged.
    public var acknowledged = 0
    /// Alerts that fired since the start.
    public var fired = 0
    /// Alerts that were resolved since the start.
    public var resolved = 0
    /// Alerts dropped, as too many were open.
    public var dropped = 0
    /// Alerts that fire and are kept quiet now, by a maintenance window or by a more severe one.
    public var suppressed = 0
    /// How often an alert had to wait before it was told, as too many were told before.
    public var delayed = 0
}
