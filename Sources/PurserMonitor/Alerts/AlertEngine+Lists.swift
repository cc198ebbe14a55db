import Foundation

extension AlertEngine {
    /// Alerts, the latest first; those that are open before those that are resolved.
    ///
    /// - Parameters:
    ///   - states: Only those in one of these states.
    ///   - limit: How many at most.
    /// - Returns: The alerts.
    public func alerts(in states: Set<AlertState> = Set(AlertState.allCases), limit: Int = .max) -> [Alert] {
        let open = self.watches.values.joined().map(\.value.alert).filter { states.contains($0.state) }
        let sorted = open.sorted { ($0.startedAt, $0.id) > ($1.startedAt, $1.id) }
        let rest = states.contains(.resolved) ? self.resolved.reversed() : []
        return Array((sorted + rest).prefix(max(0, limit)))
    }

    /// The alert of an id; `nil` where none is open or remembered.
    public func alert(_ id: String) -> Alert? {
        if let place = self.places[id] { return self.watches[place.rule]?[place.subject]?.alert }
        return self.resolved.last { $0.id == id }
    }

    /// How many alerts there are, and what came of all since the start.
    public var currentFigures: AlertFigures {
        var figures = self.figures
        for watch in self.watches.values.joined().map(\.value) {
            switch watch.alert.state {
            case .pending: figures.pending += 1
            case .firing: figures.firing += 1
            case .acknowledged: figures.acknowledged += 1
            case .resolved: break
            }
        }
        return figures
    }
}
