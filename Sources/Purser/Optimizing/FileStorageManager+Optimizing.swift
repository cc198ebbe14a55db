public import PurserCatalog
public import PurserOptimizer

extension FileStorageManager {
    /// Wins space, and looks whether all is there; returns when that has ended.
    ///
    /// ```swift
    /// let report = try await manager.optimizeStorage([.compression, .collection], dryRun: true)
    /// print("would save \(report.spaceSavedBytes) bytes")
    /// ```
    ///
    /// Cancelling the task cancels the run, within a second; what it did by then stays done.
    ///
    /// `[.age]` removes files that were last written more than 30 days ago, or what `optimizer.age` says in its place;
    /// `[.sizeLimit]` those above `optimizer.size_limit`. Both are off for runs that name no strategies, those of the
    /// schedule among them, and say what they would remove with `dryRun`.
    ///
    /// - Parameters:
    ///   - strategies: What to do, whether enabled in the settings or not; what is enabled there where there is none.
    ///   - dryRun: Whether nothing is to change: the report then says what would have happened.
    ///   - verifyAll: Whether verification reads everything, and not only the part that is due.
    ///   - repairSources: Where good bytes of damaged contents may be found.
    /// - Returns: The report; where a strategy or the whole run failed, or somebody cancelled it, the report says so.
    /// - Throws: `OptimizerError` `.runInProgress`, `.strategyUnavailable`; `OperationError`; `StoreError`.
    @discardableResult
    public func optimizeStorage(
        _ strategies: Set<StrategyName> = [],
        dryRun: Bool = false,
        verifyAll: Bool = false,
        repairSources: [RepairSource] = []
    ) async throws -> RunReport {
        var request = RunRequest(strategies, isDryRun: dryRun)
        request.verifiesAll = verifyAll
        request.repairSources = repairSources
        return try await self.monitor.notingRefusal(of: .optimize, client: "local") { [request] in
            try await self.optimizer.run(request)
        }
    }

    /// Starts a run, and returns once it is under way.
    ///
    /// - Parameters:
    ///   - request: What it is to do.
    ///   - client: For whom.
    /// - Returns: The report as it begins.
    /// - Throws: As ``optimizeStorage(_:dryRun:verifyAll:repairSources:)``.
    package func startOptimization(_ request: RunRequest, client: String) async throws -> RunReport {
        try await self.monitor.notingRefusal(of: .optimize, client: client) {
            try await self.optimizer.start(request)
        }
    }

    /// How small the store is kept, what the strategies would find, and when the next run is.
    ///
    /// - Throws: `StoreError`; `CancellationError`.
    public func storageOptimizationStats() async throws -> OptimizationStats {
        try await self.optimizer.storageOptimizationStats()
    }

    /// Reports of runs, newest first.
    ///
    /// - Parameters:
    ///   - id: The last run of the page before.
    ///   - limit: Runs of the page, at most 1,000.
    /// - Returns: The reports; fewer than the limit on the last page.
    /// - Throws: `StoreError`.
    public func optimizationRuns(before id: String? = nil, limit: Int = 100) throws -> [RunReport] {
        try self.optimizer.reports(before: id, limit: limit)
    }

    /// The report of a run.
    ///
    /// - Throws: `OptimizerError` `.runNotFound`; `StoreError`.
    public func optimizationRun(_ id: String) throws -> RunReport {
        try self.optimizer.report(ofRun: id)
    }

    /// What a run removed and why, in the order in which it did.
    ///
    /// - Parameters:
    ///   - id: The run.
    ///   - number: The last entry of the page before; 0 for the first page.
    ///   - limit: Entries of the page, at most 1,000.
    /// - Returns: The entries; fewer than the limit on the last page.
    /// - Throws: `OptimizerError` `.runNotFound`; `StoreError`.
    public func removals(ofRun id: String, after number: Int64 = 0, limit: Int = 100) throws -> [RemovalRecord] {
        _ = try self.optimizer.report(ofRun: id)
        return try self.optimizer.removals(ofRun: id, after: number, limit: limit)
    }

    /// Contents that several files have, those that save most first.
    ///
    /// - Parameters:
    ///   - position: The place of the last group of the page before.
    ///   - limit: Groups of the page, at most 1,000.
    /// - Returns: The groups; fewer than the limit on the last page.
    /// - Throws: `StoreError`.
    public func duplicates(after position: DuplicatePosition? = nil, limit: Int = 100) throws -> [DuplicateGroup] {
        try self.optimizer.duplicates(after: position, limit: limit)
    }
}
