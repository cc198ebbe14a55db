public import Foundation
import DequeModule
public import PurserIdentifiers

/// Decides which alerts there are.
///
/// A value: it is told the time and the figures, and says what changed. A condition that begins to hold makes an alert
/// pending, which fires when the condition has held for the rule's `for`; a condition that ends drops a pending alert,
/// and resolves a firing one once it has been false for `keep_firing_for`. What somebody resolved by hand stays so
/// until the condition has once been false. The cost of an evaluation is that of its rules, their subjects and the
/// open alerts.
public struct AlertEngine: Sendable {
    /// What is known of an alert beyond itself.
    struct Watch: Sendable {
        var alert: Alert
        /// Since when its condition is false.
        var falseSince: Date?
        /// Until when the absence of figures does not count: after a restart nothing is measured yet.
        var graceUntil: Date?
    }

    /// An alert that was resolved by hand while its condition held.
    struct Hold: Sendable {
        var alert: String
        var expiresAt: Date?
        var graceUntil: Date?
    }

    /// The rules, and how often somebody is told.
    public internal(set) var configuration: AlertConfiguration
    /// Alerts that are not resolved, by rule and subject.
    var watches: [String: [String: Watch]] = [:]
    /// Rules and subjects that are to stay quiet until their condition has been false.
    var holds: [String: [String: Hold]] = [:]
    /// The alerts resolved last, the oldest first.
    var resolved = Deque<Alert>()
    var figures = AlertFigures()
    var telling: NotificationLimit
    /// Where each open alert stands, by its id.
    var places: [String: (rule: String, subject: String)] = [:]
    /// What has come of the call at work.
    var outcome = AlertOutcome()
    private let makeID: @Sendable (Date) -> String

    /// Makes an engine without alerts.
    ///
    /// - Parameters:
    ///   - configuration: The rules, see ``AlertConfiguration/problems(userMetrics:)``.
    ///   - makeID: Makes the id of an alert of a time.
    public init(
        _ configuration: AlertConfiguration,
        makeID: @escaping @Sendable (Date) -> String = { "\(OperationID(at: $0))" }
    ) {
        self.configuration = configuration
        self.telling = NotificationLimit(
            interval: configuration.notifyInterval / .seconds(1),
            perMinute: configuration.notificationsPerMinute
        )
        self.makeID = makeID
    }

    /// What ``evaluate(at:read:)`` will ask, each question once.
    public var queries: Set<MetricQuery> { Set(self.configuration.rules.map(\.query)) }

    /// Judges all rules.
    ///
    /// - Parameters:
    ///   - now: The time; one before that of an earlier call does no harm.
    ///   - read: Answers a question to the metrics; asked once for each of ``queries``.
    /// - Returns: What changed.
    public mutating func evaluate(at now: Date, read: (MetricQuery) -> [MetricReading]) -> AlertOutcome {
        let now = now.toTheMillisecond
        var answers: [MetricQuery: [MetricReading]] = [:]
        for rule in self.configuration.rules {
            let query = rule.query
            let readings = answers[query] ?? read(query)
            answers[query] = readings
            self.judge(rule, readings, at: now)
        }
        self.endExpired(at: now)
        return self.finish(at: now)
    }

    private mutating func judge(_ rule: AlertRule, _ readings: [MetricReading], at now: Date) {
        var isJudged: Set<String> = []
        for reading in readings where reading.value.isFinite && reading.samples >= rule.minimumSamples {
            guard rule.subject.map({ $0 == reading.subject }) ?? true else { continue }
            isJudged.insert(reading.subject)
            if rule.comparison.holds(reading.value, rule.threshold) {
                self.hold(rule, reading, at: now)
            } else {
                self.end(rule, reading.subject, value: reading.value, at: now)
            }
        }
        let left = Set(self.watches[rule.name, default: [:]].keys).union(self.holds[rule.name, default: [:]].keys)
        for subject in left where !isJudged.contains(subject) {
            self.end(rule, subject, value: nil, at: now)
        }
    }

    /// The condition holds.
    private mutating func hold(_ rule: AlertRule, _ reading: MetricReading, at now: Date) {
        guard self.holds[rule.name]?[reading.subject] == nil else { return }
        guard var watch = self.watches[rule.name]?[reading.subject] ?? self.open(rule, reading, at: now) else { return }
        watch.falseSince = nil
        watch.graceUntil = nil
        watch.alert.value = reading.value
        watch.alert.message = rule.text(of: reading.value)
        let held = now.timeIntervalSince(watch.alert.startedAt)
        if watch.alert.state == .pending, held >= rule.wait / .seconds(1) {
            self.fire(&watch.alert, at: now, because: watch.alert.message)
        }
        self.keep(watch)
    }

    private mutating func open(_ rule: AlertRule, _ reading: MetricReading, at now: Date) -> Watch? {
        guard var alert = self.makeAlert(rule.name, reading.subject, rule.severity, at: now) else { return nil }
        alert.threshold = rule.threshold
        alert.family = rule.family
        alert.change(to: .pending, at: now, because: rule.text(of: reading.value))
        return Watch(alert: alert)
    }

    /// The condition does not hold; `value` is `nil` where nothing was measured.
    private mutating func end(_ rule: AlertRule, _ subject: String, value: Double?, at now: Date) {
        if let hold = self.holds[rule.name]?[subject] {
            if value == nil, let grace = hold.graceUntil, now < grace { return }
            self.release(rule.name, subject)
            return
        }
        guard var watch = self.watches[rule.name]?[subject] else { return }
        if value == nil, let grace = watch.graceUntil, now < grace { return }
        watch.graceUntil = nil
        watch.alert.value = value ?? watch.alert.value
        guard watch.alert.state != .pending else {
            self.forget(watch.alert)
            return
        }
        let since = watch.falseSince ?? now
        watch.falseSince = since
        guard now.timeIntervalSince(since) >= rule.keepFiring / .seconds(1) else {
            self.keep(watch)
            return
        }
        self.resolve(watch.alert, at: now, because: value.map { rule.text(of: $0) } ?? "nothing was measured")
    }
}

extension AlertEngine {
    /// Makes an alert that is in no list yet; `nil` where too many are open.
    mutating func makeAlert(_ rule: String, _ subject: String, _ severity: AlertSeverity, at now: Date) -> Alert? {
        guard self.places.count < self.configuration.openLimit else {
            self.figures.dropped += 1
            return nil
        }
        return Alert(
            id: self.makeID(now),
            rule: rule,
            severity: severity,
            state: .pending,
            subject: subject,
            message: "",
            startedAt: now
        )
    }

    mutating func fire(_ alert: inout Alert, at now: Date, because reason: String) {
        alert.change(to: .firing, at: now, because: reason)
        self.figures.fired += 1
        self.outcome.changed.append(alert)
    }

    mutating func keep(_ watch: Watch) {
        self.watches[watch.alert.rule, default: [:]][watch.alert.subject] = watch
        self.places[watch.alert.id] = (watch.alert.rule, watch.alert.subject)
    }

    mutating func forget(_ alert: Alert) {
        self.watches[alert.rule]?[alert.subject] = nil
        if self.watches[alert.rule]?.isEmpty == true { self.watches[alert.rule] = nil }
        self.places[alert.id] = nil
    }

    mutating func resolve(_ alert: Alert, at now: Date, because reason: String, isHeld: Bool = false) {
        var alert = alert
        alert.change(to: .resolved, at: now, because: reason)
        alert.suppressedBy = nil
        alert.isHeld = isHeld
        self.forget(alert)
        self.resolved.append(alert)
        while self.resolved.count > self.configuration.resolvedLimit { self.resolved.removeFirst() }
        self.figures.resolved += 1
        self.outcome.changed.append(alert)
        guard alert.isTold else { return }
        self.outcome.notifications.append(AlertNotification(alert: alert, event: .resolved, at: now))
    }

    /// Lets a rule and subject make alerts again that were resolved by hand.
    mutating func release(_ rule: String, _ subject: String) {
        guard let hold = self.holds[rule]?[subject] else { return }
        self.holds[rule]?[subject] = nil
        if self.holds[rule]?.isEmpty == true { self.holds[rule] = nil }
        guard let index = self.resolved.lastIndex(where: { $0.id == hold.alert }) else { return }
        self.resolved[index].isHeld = false
        self.outcome.changed.append(self.resolved[index])
    }

    /// Tells what is due, and hands out what came of the call.
    mutating func finish(at now: Date) -> AlertOutcome {
        self.tell(at: now)
        var done = AlertOutcome()
        swap(&done, &self.outcome)
        // An alert that changed twice is kept once, as it is at last.
        var latest: [String: Alert] = [:]
        for alert in done.changed { latest[alert.id] = alert }
        var ids: Set<String> = []
        done.changed = done.changed.compactMap { ids.insert($0.id).inserted ? latest[$0.id] : nil }
        return done
    }
}
