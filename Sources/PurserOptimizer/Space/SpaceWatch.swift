/// When the store counts as full: `optimizer.space`.
public struct SpacePolicy: Sendable, Hashable {
    /// `optimizer.space.warning_percent`: above 0, below the critical one.
    public var warningPercent = 80.0
    /// `optimizer.space.critical_percent`: at most 100.
    public var criticalPercent = 90.0

    /// The defaults.
    public init() {}

    func check(_ check: inout SettingCheck) {
        let isOrdered = self.warningPercent > 0 && self.warningPercent < self.criticalPercent
        check.expect(
            isOrdered,
            "space.warning_percent",
            self.warningPercent,
            "a number above 0 and below optimizer.space.critical_percent"
        )
        check.expect(self.criticalPercent <= 100, "space.critical_percent", self.criticalPercent, "at most 100")
    }
}

/// How full the store is.
public enum SpaceLevel: String, Sendable, CaseIterable {
    /// There is room.
    case ok
    /// It fills up.
    case warning
    /// It is nearly full.
    case critical
}

/// Tells when the store becomes fuller or emptier; a pure value.
struct SpaceWatch: Sendable {
    /// How far the use must fall below a mark before the level falls, in percent: else it would flutter.
    static let slack = 2.0

    private let policy: SpacePolicy
    private(set) var level = SpaceLevel.ok

    init(_ policy: SpacePolicy) {
        self.policy = policy
    }

    /// Takes a measurement.
    ///
    /// - Parameter percent: How much of the room is used.
    /// - Returns: The new level, where it has changed.
    mutating func update(_ percent: Double) -> SpaceLevel? {
        let next =
            if percent >= self.policy.criticalPercent - (self.level == .critical ? Self.slack : 0) {
                SpaceLevel.critical
            } else if percent >= self.policy.warningPercent - (self.level != .ok ? Self.slack : 0) {
                SpaceLevel.warning
            } else {
                SpaceLevel.ok
            }
        guard next != self.level else { return nil }
        self.level = next
        return next
    }
}
