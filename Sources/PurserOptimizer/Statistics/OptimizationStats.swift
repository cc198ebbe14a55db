public import Foundation
import PurserCatalog

/// Files and bytes, as a strategy would find them.
public struct CandidateFigures: Sendable, Equatable, Codable {
    /// Files, or contents where a strategy works on those.
    public var files: Int64
    /// Bytes as kept.
    public var bytes: Int64

    /// Describes candidates; none unless told otherwise.
    public init(files: Int64 = 0, bytes: Int64 = 0) {
        self.files = files
        self.bytes = bytes
    }
}

/// How small the store is kept.
public struct OptimizationStats: Sendable, Equatable {
    /// Files in all buckets.
    public var totalFiles: Int64
    /// How much the store takes of the size limit where that is on, else of the quota, else of the disk; in percent.
    public var storageUtilizationPercent: Double
    /// Bytes of all files as their users see them.
    public var logicalBytes: Int64
    /// Bytes of distinct contents.
    public var distinctBytes: Int64
    /// Bytes as kept.
    public var physicalBytes: Int64
    /// Bytes that all runs have won.
    public var spaceSavedBytes: Int64
    /// The same by strategy.
    public var savings: [StrategyName: Int64]
    /// What the strategies would find now, from the catalog alone.
    public var candidates: [StrategyName: CandidateFigures]
    /// The last run that has ended.
    public var lastRun: RunReport?
    /// When the next run starts by itself; `nil` where none does.
    public var nextRunAt: Date?
}

/// Bytes that all runs have won: kept beside their reports, which are forgotten one day.
struct SavedBytes: Codable, Equatable {
    /// The name under which the catalog keeps it.
    static let name = "saved_bytes"

    /// Bytes by the name of the strategy.
    var strategies: [String: Int64] = [:]

    static func load(_ catalog: Catalog) throws -> SavedBytes {
        guard let text = try catalog.note(self.name) else { return SavedBytes() }
        return try JSONDecoder().decode(Self.self, from: Data(text.utf8))
    }

    /// With what a run has won.
    func adding(_ report: RunReport) -> SavedBytes {
        var sum = self
        for (name, strategy) in report.strategies {
            sum.strategies[name, default: 0] += strategy.spaceSavedBytes
        }
        return sum
    }

    func text() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
}
