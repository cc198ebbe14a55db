import PurserBlobs
public import PurserCatalog
import PurserOperations

/// How well the caches and the catalog of a store do, since it was opened.
public struct StoreFigures: Sendable, Equatable {
    /// The catalog's writer, and its rows found in memory.
    public var catalog: CatalogMetrics
    /// Small contents that were found in memory.
    public var contentHits: Int64
    /// Small contents that had to be read.
    public var contentMisses: Int64
    /// Bytes of the catalog's write-ahead log; `nil` where there is none.
    public var logBytes: Int64?
}

extension FileStore {
    /// What was counted since the store was opened.
    ///
    /// Costs a look at the folder.
    public func figures() -> StoreFigures {
        let looks = self.contentCache.looks
        return StoreFigures(
            catalog: self.catalog.metrics(),
            contentHits: looks.hits,
            contentMisses: looks.misses,
            logBytes: self.catalog.logBytes()
        )
    }
}

extension PurserOperations.Operation {
    /// Takes in how long the bytes of a content took.
    func add(_ times: StagingTimes) {
        self.add(.hash, times.hash)
        self.add(.disk, times.disk)
        self.add(cpu: times.cpu)
    }
}
