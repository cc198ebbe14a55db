public import Foundation

/// Where an alert stands: `pending → firing → acknowledged → resolved`, the third only where somebody says so.
public enum AlertState: String, Sendable, CaseIterable, Codable {
    /// Its condition holds, but not for long enough yet; it disappears when the condition ends before.
    case pending
    /// It is the case.
    case firing
    /// It is the case, and somebody knows.
    case acknowledged
    /// It is over; a final state.
    case resolved
}

/// An alert: what is wrong, of what, since when, and what became of it.
///
/// There is one for a rule and a subject at a time.
public struct Alert: Sendable, Hashable, Identifiable, Codable {
    /// A UUID, version 7.
    public var id: String
    /// The rule's name, or that of an event.
    public var rule: String
    /// How urgent it is.
    public var severity: AlertSeverity
    /// Where it stands.
    public var state: AlertState
    /// What it is about: a kind of operation as a rule; empty where there is one subject only.
    public var subject: String
    /// For people.
    public var message: String
    /// The figure that was measured last while it was open.
    public var value: Double?
    /// What the figure is held against.
    public var threshold: Double?
    /// When its condition began to hold.
    public var startedAt: Date
    /// When it fired.
    public var firedAt: Date?
    /// When it was acknowledged.
    public var acknowledgedAt: Date?
    /// When it was resolved.
    public var resolvedAt: Date?
    /// How often its event happened; 1 for what a metric tells.
    public var occurrences = 1
    /// Its changes of state, the first one first; the last ``changeLimit``.
    public var changes: [Change] = []
    /// Why nobody is told of it: `maintenance:NAME` or `alert:RULE`; `nil` where somebody is.
    public var suppressedBy: String?
    /// Alerts of one family and subject tell degrees of the same trouble.
    public var family: String?
    /// The degree among those of the same severity.
    var rank = 0
    /// Whether its firing was given to the channels.
    var isTold = false
    /// Whether it was resolved by hand, and its condition has not been false since.
    var isHeld = false
    /// When it resolves by itself, where its event does.
    var expiresAt: Date?
    /// Whether it comes from an event and not from a metric.
    var isEvent = false
    /// Whether it ends with the process.
    var endsWithProcess = false

    /// How many changes of state are kept.
    static let changeLimit = 20

    /// That an alert came to stand elsewhere.
    public struct Change: Sendable, Hashable, Codable {
        /// Where it stands from then on.
        public var state: AlertState
        /// When.
        public var at: Date
        /// Why, for people.
        public var reason: String
    }

    /// When its state changed last.
    public var changedAt: Date { self.changes.last?.at ?? self.startedAt }

    /// Whether it is firing or acknowledged.
    public var isActive: Bool { self.state == .firing || self.state == .acknowledged }

    enum CodingKeys: String, CodingKey {
        case id, rule, severity, state, subject, message, value, threshold, occurrences, changes, family, rank
        case startedAt = "started_at"
        case firedAt = "fired_at"
        case acknowledgedAt = "acknowledged_at"
        case resolvedAt = "resolved_at"
        case suppressedBy = "suppressed_by"
        case isTold = "is_told"
        case isHeld = "is_held"
        case expiresAt = "expires_at"
        case isEvent = "is_event"
        case endsWithProcess = "ends_with_process"
    }

    /// Goes to another state.
    mutating func change(to state: AlertState, at time: Date, because reason: String) {
        self.state = state
        switch state {
        case .pending: break
        case .firing: self.firedAt = time
        case .acknowledged: self.acknowledgedAt = time
        case .resolved: self.resolvedAt = time
        }
        self.changes.append(Change(state: state, at: time, reason: String(reason.prefix(200))))
        if self.changes.count > Self.changeLimit { self.changes.removeFirst() }
    }
}
