extension Catalog {
    /// What the catalog holds.
    ///
    /// One row is read, whatever the size.
    public func totals() throws -> CatalogTotals {
        let totals = try self.readers.read { db in
            try db.first(.totals) { row in
                CatalogTotals(
                    buckets: try row.integer(0),
                    files: try row.integer(1),
                    logicalBytes: try row.integer(2),
                    blobs: try row.integer(3),
                    distinctBytes: try row.integer(4),
                    physicalBytes: try row.integer(5),
                    inlineBytes: try row.integer(6),
                    reclaimableBytes: try row.integer(7)
                )
            }
        }
        guard let totals else { throw CatalogError.undecodable("the row of totals") }
        return totals
    }
}
