import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore

/// What a strategy works with.
struct RunContext: Sendable {
    let strategy: StrategyName
    let store: FileStore
    let configuration: OptimizerConfiguration
    let operation: PurserOperations.Operation
    let pace: RunPace
    let journal: RunJournal
    let forecast: Forecast
    let isDryRun: Bool
    let verifiesAll: Bool
    let repairSources: [RepairSource]
    /// Whether sources that were asked for are gone since a restart.
    let hasLostSources: Bool
    let reencode: Reencoder?
    let isAlive: @Sendable (OperationID) -> Bool
    let now: @Sendable () -> Date
    let onEvent: @Sendable (OptimizerEvent) -> Void
    let logger: Logger

    var catalog: Catalog { self.store.catalog }

    /// The id of the run.
    var run: String { self.journal.document.report.id }

    /// Files or contents that this strategy has changed, before a restart and since.
    var filesProcessed: Int64 {
        self.journal.document.report.strategies[self.strategy.rawValue]?.filesProcessed ?? 0
    }

    /// Changes what the report says of this strategy.
    func report(_ change: (inout StrategyReport) -> Void) {
        self.journal.update { change(&$0.report.strategies[self.strategy.rawValue, default: StrategyReport()]) }
    }

    /// Changes what the report says of this strategy, with what it has just removed.
    func report(removed outcome: RemovalOutcome, _ change: (inout StrategyReport) -> Void) {
        let name = self.strategy.rawValue
        self.journal.update { document in
            change(&document.report.strategies[name, default: StrategyReport()])
            var figures = document.removals?[name] ?? RemovalFigures()
            figures.files += outcome.files
            figures.released += outcome.released
            document.removals = (document.removals ?? [:]).merging([name: figures]) { $1 }
        }
    }

    /// Tells that the strategy looks again at all that is left: nothing of that is to be counted twice after a restart.
    ///
    /// What it has processed is no longer found, and stays counted.
    func lookAgain() {
        self.report { report in
            report.filesExamined = report.filesProcessed - (report.findings["stale_files"] ?? 0)
            report.errors = [:]
            report.findings["spared"] = nil
        }
    }

    /// How far the strategy was when it was last written down; `nil` at its begin.
    var position: String? {
        get { self.journal.document.positions[self.strategy.rawValue] }
        nonmutating set { self.journal.update { $0.positions[self.strategy.rawValue] = newValue } }
    }

    /// Tells how far the strategy is, writes it down where that is due, and waits where the run goes too fast.
    ///
    /// - Parameters:
    ///   - fraction: How much of the strategy is done, 0 to 1.
    ///   - bytes: Bytes read and written since the last call.
    /// - Throws: `OperationError`, `CancellationError` where the run is to end; `CatalogError`.
    func proceed(to fraction: Double, bytes: Int = 0) async throws {
        self.operation.update(fraction: fraction)
        try await self.journal.saveWhenDue()
        try await self.pace.spend(bytes: bytes)
    }

    /// Room of which less counts as none.
    private static let leastRoom: Int64 = 64 * 1024

    /// Notes that the work on one file or content failed, and goes on, unless the run or the strategy is to end.
    ///
    /// - Parameters:
    ///   - error: What went wrong.
    ///   - size: Bytes of the content, where the work wants room for as many: one that does not fit is passed over, as a
    ///     smaller one may; only where there is next to no room at all, the strategy ends.
    /// - Throws: The error, where it ends more than the work on this one.
    func skip(_ error: any Error, wanting size: Int64? = nil) throws {
        guard !endsRun(error) else { throw error }
        let isNotFitting = size.map { isStoreFull(error) && self.hasRoomBut(for: $0) } ?? false
        guard isNotFitting || !Self.endsStrategy(error) else { throw error }
        self.report { $0.count(error: failureCode(of: error)) }
        self.logger.warning(
            "optimizer left something as it is",
            metadata: [
                "purser.optimizer.strategy": "\(self.strategy.rawValue)", "purser.error": "\(error)",
            ]
        )
    }

    /// Whether there may be room for others where there is none for a content.
    private func hasRoomBut(for size: Int64) -> Bool {
        guard size >= Self.leastRoom else { return false }
        // Where it cannot be measured, the next content finds out.
        guard let room = try? self.store.roomForSecondForms() else { return true }
        return room >= Self.leastRoom
    }

    /// A store that takes no writes takes none for the next file either.
    private static func endsStrategy(_ error: any Error) -> Bool {
        switch error {
        case let error as StoreError: [.readOnly, .storeFull].contains(error.code)
        case let error as CatalogError: [.readOnly, .noSpace, .closed, .storageFailure].contains(error.code)
        default: false
        }
    }
}

/// One way to win space or to check what is there.
protocol Strategy: Sendable {
    /// Does its work, or in a dry run finds out what it would do.
    ///
    /// Goes on from ``RunContext/position`` where there is one. A slot is held; ``RunContext/proceed(to:bytes:)`` is
    /// called at least every tenth of a second of work.
    func run(_ context: RunContext) async throws
}

extension StrategyName {
    /// What does the work.
    var strategy: any Strategy {
        switch self {
        case .age: AgeStrategy()
        case .sizeLimit: SizeLimitStrategy()
        case .deduplication: DeduplicationStrategy()
        case .compression: CompressionStrategy()
        case .collection: CollectionStrategy()
        case .verification: VerificationStrategy()
        }
    }
}
