public import Foundation
public import Logging
public import PurserCatalog
import Synchronization

/// The alerts of a running service: judges them, keeps them in the catalog, and gives them to the channels.
///
/// ``AlertEngine`` decides, under a short lock; the metrics are read, the catalog written and the channels told outside
/// of it. Raising and clearing never wait: what they change is kept with the next ``evaluate(reading:)`` or ``save()``.
/// An alert that cannot be kept, as the disk is full or the store read-only, is kept with a later call.
public final class AlertCenter: Sendable {
    /// How many changed alerts wait to be kept; beyond it, resolved ones are given up.
    static let unsavedLimit = 3_000

    fileprivate struct State {
        var engine: AlertEngine
        var unsaved: [String: Alert] = [:]
        var isSaveFailing = false
    }

    fileprivate let state: Mutex<State>
    private let catalog: Catalog?
    private let notifier: Notifier
    private let now: @Sendable () -> Date
    private let logger: Logger

    /// Makes a center without alerts; ``restore()`` takes up those of an earlier process.
    ///
    /// - Parameters:
    ///   - configuration: The rules, see ``AlertConfiguration/problems(userMetrics:)``.
    ///   - catalog: Where alerts are kept; nowhere without it.
    ///   - notifier: Who is told.
    ///   - now: The time.
    ///   - logger: Where it says what it could not keep.
    public init(
        _ configuration: AlertConfiguration,
        catalog: Catalog?,
        notifier: Notifier,
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) {
        self.state = Mutex(State(engine: AlertEngine(configuration)))
        self.catalog = catalog
        self.notifier = notifier
        self.now = now
        self.logger = logger
    }

    /// Takes up the alerts that an earlier process has kept; to be called once, before anything else.
    ///
    /// - Throws: `CatalogError`. What cannot be read of a single alert is passed over and logged.
    public func restore() throws {
        guard let catalog else { return }
        let limit = 10_000
        let records = try catalog.alerts(open: true, limit: limit) + catalog.alerts(open: false, limit: limit)
        let alerts = records.compactMap { record -> Alert? in
            do {
                return try AlertJSON.decode(Alert.self, from: record.document)
            } catch {
                self.logger.warning(
                    "kept alert cannot be read",
                    metadata: ["purser.alert.id": "\(record.id)", "purser.error": "\(error)"]
                )
                return nil
            }
        }
        self.decide { $0.restore(alerts, at: self.now()) }
    }

    /// Judges all rules, tells what is due, and keeps what changed.
    ///
    /// To be called every few seconds, by one caller.
    ///
    /// - Parameter read: Answers a question to the metrics, without any lock of alerts being held.
    public func evaluate(reading read: (MetricQuery) -> [MetricReading]) async {
        let queries = self.state.withLock { $0.engine.queries }
        let answers = Dictionary(uniqueKeysWithValues: queries.map { ($0, read($0)) })
        self.decide { $0.evaluate(at: self.now()) { answers[$0] ?? [] } }
        await self.save()
    }

    /// Raises an alert that comes from no metric, or notes that it happened again.
    public func raise(_ event: AlertEvent) {
        self.decide { $0.raise(event, at: self.now()) }
    }

    /// Logs that operations take too long, each with its id, and raises the alerts of that.
    public func raise(_ crossings: [DurationCrossing]) {
        for crossing in crossings {
            crossing.log(to: self.logger)
            self.raise(AlertEvent(crossing))
        }
    }

    /// Says that an event of Purser's own is over; nothing happens where it was not raised.
    public func clear(_ event: EventAlert, subject: String = "", because reason: String = "it is over") {
        self.clear(event.rawValue, subject: subject, because: reason)
    }

    /// Says that an event is over; nothing happens where it was not raised.
    public func clear(_ name: String, subject: String = "", because reason: String = "it is over") {
        self.decide { $0.clear(name, subject: subject, because: reason, at: self.now()) }
    }

    /// Notes that somebody knows of an alert; returns once that is kept, or cannot be for now.
    ///
    /// - Throws: ``AlertError``.
    @discardableResult
    public func acknowledge(_ id: String, because reason: String = "acknowledged") async throws -> Alert {
        let (alert, outcome) = try self.state.withLock { state in
            let result = try state.engine.acknowledge(id, because: reason, at: self.now())
            state.note(result.1.changed)
            return result
        }
        self.notifier.send(outcome.notifications)
        await self.save()
        return alert
    }

    /// Resolves an alert by hand; it stays so until its condition has once been false.
    ///
    /// Returns once that is kept, or cannot be for now.
    ///
    /// - Throws: ``AlertError``.
    @discardableResult
    public func resolve(_ id: String, because reason: String = "resolved by hand") async throws -> Alert {
        let (alert, outcome) = try self.state.withLock { state in
            let result = try state.engine.resolve(id, because: reason, at: self.now())
            state.note(result.1.changed)
            return result
        }
        self.notifier.send(outcome.notifications)
        await self.save()
        return alert
    }

    /// Adds a maintenance window; `false` where there are too many.
    @discardableResult
    public func add(_ window: MaintenanceWindow) -> Bool {
        self.state.withLock { $0.engine.add(window, at: self.now()) }
    }

    /// Alerts, the latest first; those that are open before those that are resolved.
    public func alerts(in states: Set<AlertState> = Set(AlertState.allCases), limit: Int = 1_000) -> [Alert] {
        self.state.withLock { $0.engine.alerts(in: states, limit: limit) }
    }

    /// The alert of an id; `nil` where none is open or remembered.
    public func alert(_ id: String) -> Alert? {
        self.state.withLock { $0.engine.alert(id) }
    }

    /// How many alerts there are, and what came of all since the start.
    public var figures: AlertFigures { self.state.withLock { $0.engine.currentFigures } }

    private func decide(_ body: (inout AlertEngine) -> AlertOutcome) {
        let outcome = self.state.withLock { state in
            let outcome = body(&state.engine)
            state.note(outcome.changed)
            return outcome
        }
        self.notifier.send(outcome.notifications)
    }
}

extension AlertCenter {
    /// Keeps what has changed; tried again with the next call where it fails, which is logged once.
    public func save() async {
        guard let catalog else {
            self.state.withLock { $0.unsaved = [:] }
            return
        }
        let changed = self.state.withLock { state in
            defer { state.unsaved = [:] }
            return state.unsaved
        }
        guard !changed.isEmpty else { return }
        do {
            let records = try changed.values.map(Self.record)
            try await catalog.save(alerts: records, keepingResolved: self.resolvedLimit)
            self.state.withLock { $0.isSaveFailing = false }
        } catch {
            let isFirst = self.state.withLock { state in
                // What changed again meanwhile is the newer one.
                state.note(changed.values.filter { state.unsaved[$0.id] == nil })
                guard !(error is CancellationError) else { return false }
                defer { state.isSaveFailing = true }
                return !state.isSaveFailing
            }
            guard isFirst else { return }
            self.logger.error("alerts cannot be kept", metadata: ["purser.error": "\(error)"])
        }
    }

    private var resolvedLimit: Int { self.state.withLock { $0.engine.configuration.resolvedLimit } }

    private static func record(_ alert: Alert) throws -> AlertRecord {
        AlertRecord(
            id: alert.id,
            isOpen: alert.state != .resolved,
            changedAt: alert.changedAt,
            document: String(decoding: try AlertJSON.encode(alert), as: UTF8.self)
        )
    }
}

extension AlertCenter.State {
    fileprivate mutating func note(_ changed: some Sequence<Alert>) {
        for alert in changed where alert.state != .pending {
            self.unsaved[alert.id] = alert
        }
        guard self.unsaved.count > AlertCenter.unsavedLimit else { return }
        self.unsaved = self.unsaved.filter { $0.value.state != .resolved }
    }
}
