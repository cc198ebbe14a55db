import Purser

/// The optimizer of a service as commands see it.
protocol OptimizerService: Sendable {
    /// Does a run.
    ///
    /// - Parameters:
    ///   - request: What to do.
    ///   - follows: Whether to wait for its end where the service goes on without us.
    ///   - onProgress: Told how far it is.
    /// - Returns: The run: as it began where it is not waited for, else as it ended.
    /// - Throws: An error of any layer; a run that failed is none.
    func optimize(
        _ request: OptimizeRequest,
        follows: Bool,
        onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> OptimizerRunDocument

    /// A page of runs, the newest first.
    func optimizerRuns(after cursor: String?, limit: Int) async throws -> OptimizerRunListDocument

    /// A run.
    func optimizerRun(_ id: String) async throws -> OptimizerRunDocument

    /// A page of what a run removed.
    func removals(ofRun id: String, after cursor: String?, limit: Int) async throws -> RemovalListDocument

    /// A page of contents that several files have.
    func duplicates(after cursor: String?, limit: Int) async throws -> DuplicateListDocument

    /// How small the store is kept.
    func optimizerStats() async throws -> OptimizerStatsDocument
}

/// A run that is asked for.
struct OptimizeRequest: Encodable, Sendable, Hashable {
    /// The strategies; those of the settings where there is none.
    var strategies: Set<StrategyName> = []
    /// Whether nothing is to change.
    var isDryRun = false
    /// Whether verification reads everything.
    var verifiesAll = false

    private enum CodingKeys: String, CodingKey {
        case strategies
        case isDryRun = "dry_run"
        case verifiesAll = "verify_all"
    }

    /// Writes what `POST /v1/optimizer/runs` takes.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if !self.strategies.isEmpty {
            try container.encode(self.strategies.map(\.rawValue).sorted(), forKey: .strategies)
        }
        try container.encode(self.isDryRun, forKey: .isDryRun)
        try container.encode(self.verifiesAll, forKey: .verifiesAll)
    }
}
