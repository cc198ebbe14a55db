extension Catalog {
    /// What the catalog holds.
    ///
    /// One row is read, whatever the size.
    public func totals() throws -> CatalogTotals {
        let totals = try self.readers.read { db in
            try db.first(Query.totals) { try CatalogTotals($0) }
        }
        guard let totals else { throw CatalogError.undecodable("the row of totals") }
        return totals
    }
}
