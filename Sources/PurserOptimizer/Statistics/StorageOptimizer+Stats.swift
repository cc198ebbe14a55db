import Foundation
import PurserCatalog
import PurserOperations
import PurserStore
import Synchronization

/// Candidates as they were found, and when.
struct KeptForecast: Sendable {
    var candidates: [StrategyName: CandidateFigures]
    var foundAt: Duration
}

extension StorageOptimizer {
    /// How long what the strategies would find is taken for true.
    static let candidatesKeptFor = Duration.seconds(60)

    /// How small the store is kept, and what there is to do.
    ///
    /// Candidates are looked for in the catalog where that was not done within the minute: with a million files that takes
    /// some seconds, in which nobody waits for anything else.
    ///
    /// - Throws: `StoreError`; `CancellationError`.
    public func storageOptimizationStats() async throws -> OptimizationStats {
        do {
            let totals = try self.catalog.totals()
            let saved = try SavedBytes.load(self.catalog).strategies
            let runs = try self.reports(limit: 2)
            return OptimizationStats(
                totalFiles: totals.files,
                storageUtilizationPercent: try self.utilizationPercent(totals),
                logicalBytes: totals.logicalBytes,
                distinctBytes: totals.distinctBytes,
                physicalBytes: totals.physicalBytes,
                spaceSavedBytes: saved.values.reduce(0, +),
                savings: Dictionary(
                    uniqueKeysWithValues: StrategyName.allCases.map { ($0, saved[$0.rawValue] ?? 0) }
                ),
                candidates: try await self.candidates(),
                lastRun: runs.first { $0.state != .running },
                nextRunAt: self.nextRunAt
            )
        } catch {
            throw StoreError.surfaced(error)
        }
    }

    /// What a plan finds for each strategy, from the catalog alone.
    ///
    /// - Parameter strategies: The strategies.
    /// - Returns: Files, or contents, and their bytes as kept; nothing changes.
    /// - Throws: `StoreError`; `CancellationError`.
    public func plan(_ strategies: [StrategyName] = StrategyName.allCases) async throws
        -> [StrategyName: CandidateFigures]
    {
        let plan = Plan(
            configuration: self.configuration,
            store: self.store,
            hasEncoder: self.reencode != nil,
            now: self.now()
        )
        do {
            return try await self.store.onDiskThreads {
                var found: [StrategyName: CandidateFigures] = [:]
                for strategy in strategies {
                    found[strategy] = try plan.candidates(for: strategy) { try Task.checkCancellation() }
                }
                return found
            }
        } catch {
            throw StoreError.surfaced(error)
        }
    }

    private func candidates() async throws -> [StrategyName: CandidateFigures] {
        let now = self.clock.elapsed()
        if let kept = self.forecasts.withLock({ $0 }), now - kept.foundAt < Self.candidatesKeptFor {
            return kept.candidates
        }
        let candidates = try await self.plan()
        self.forecasts.withLock { $0 = KeptForecast(candidates: candidates, foundAt: now) }
        return candidates
    }

    /// How much of the room the store takes: of the size limit where that is on, else of the quota, else of the disk.
    private func utilizationPercent(_ totals: CatalogTotals) throws -> Double {
        let limit = self.configuration.sizeLimit
        let room =
            try limit.isEnabled
            ? limit.maxStorageSize : self.store.configuration.quota ?? self.store.space().diskBytes
        return Double(totals.physicalBytes) / Double(max(1, room)) * 100
    }

    /// How much of the room is used, by whomever: of the size limit where that is on, else of the disk.
    func use() throws -> (used: Int64, of: Int64, percent: Double) {
        let (used, room): (Int64, Int64)
        if self.configuration.sizeLimit.isEnabled {
            (used, room) = (try self.catalog.totals().physicalBytes, self.configuration.sizeLimit.maxStorageSize)
        } else if let quota = self.store.configuration.quota {
            (used, room) = (try self.catalog.totals().physicalBytes, quota)
        } else {
            let space = try self.store.space()
            (used, room) = (space.diskBytes - space.availableBytes, space.diskBytes)
        }
        return (used, room, Double(used) / Double(max(1, room)) * 100)
    }
}
