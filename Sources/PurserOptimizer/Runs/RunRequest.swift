public import PurserIdentifiers

/// What made a run start.
public enum RunTrigger: String, Sendable, Codable, CaseIterable {
    /// Somebody asked for it.
    case request
    /// Its time had come.
    case schedule
    /// So many bytes were stored.
    case ingest
    /// The store was critically full.
    case lowSpace = "low_space"
}

/// A run that is asked for.
public struct RunRequest: Sendable {
    /// The strategies; those that are enabled where there is none.
    ///
    /// They run in the order of ``StrategyName``.
    public var strategies: Set<StrategyName> = []
    /// Whether nothing is to change: the report then says what would have happened.
    public var isDryRun = false
    /// Whether verification reads everything, and not only the part that is due.
    public var verifiesAll = false
    /// Where good bytes of damaged contents may be found; they are tried in order once verification has ended.
    public var repairSources: [RepairSource] = []
    /// What made it start.
    public var trigger = RunTrigger.request
    /// The id of its operation; one is made where there is none.
    public var id: OperationID?

    /// Describes a run of all strategies that are enabled.
    public init() {}

    /// Describes a run of some strategies.
    public init(_ strategies: Set<StrategyName>, isDryRun: Bool = false) {
        self.strategies = strategies
        self.isDryRun = isDryRun
    }
}
