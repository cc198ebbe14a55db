public import Foundation
import Logging
public import PurserCatalog
import Synchronization

/// Keeps the growth of a store in its catalog, written once an hour.
public final class GrowthKeeper: Sendable {
    /// The name of the document in the catalog.
    static let document = "storage_growth"

    private let catalog: Catalog
    private let growth: Mutex<StorageGrowth>

    /// Takes up what was kept; a document that is damaged is left out, and the growth learnt anew.
    ///
    /// Blocks for a read of one row.
    ///
    /// - Throws: `CatalogError`.
    public init(_ catalog: Catalog) throws {
        self.catalog = catalog
        let kept = try catalog.monitorState(Self.document).flatMap(StorageGrowth.init(document:))
        self.growth = Mutex(kept ?? StorageGrowth())
    }

    /// Takes in what the store takes now, and writes it down where an hour began.
    ///
    /// - Throws: `CatalogError`; the figures then go on in memory.
    public func note(_ totals: CatalogTotals, at date: Date) async throws {
        let due = self.growth.withLock { growth in
            growth.note(bytes: totals.physicalBytes, at: date) ? growth : nil
        }
        if let due { try await self.catalog.setMonitorState(Self.document, due.encoded()) }
    }

    /// What is stored, how well, and where it leads.
    public func figures(_ totals: CatalogTotals, availableBytes: Int64?) -> StorageFigures {
        StorageFigures(totals, growth: self.growth.withLock { $0 }, availableBytes: availableBytes)
    }
}
