import GRDB

/// Room in the database file that nothing uses, in pages.
package struct FreePages: Sendable, Equatable {
    /// Pages that nothing uses.
    package var free: Int
    /// Pages in all.
    package var total: Int
    /// Bytes of a page.
    package var size: Int
    /// Whether they can be given back a few at a time; older catalogs were made without that.
    package var isIncremental: Bool
}

extension Catalog {
    /// Looks how much of the database file is unused.
    package func freePages() throws -> FreePages {
        try self.readers.read { db in
            FreePages(
                free: try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0,
                total: try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0,
                size: try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0,
                isIncremental: try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2
            )
        }
    }

    /// Gives some unused pages of the database file back to the disk, where the catalog was made so that it can.
    ///
    /// - Parameter limit: Pages at most; keep it small, as other writes wait meanwhile.
    /// - Throws: ``CatalogError``.
    package func giveBackPages(limit: Int) async throws {
        try await self.writer.submit { transaction in
            let rows = try Row.fetchCursor(transaction.db, sql: "PRAGMA incremental_vacuum(\(max(1, limit)))")
            // A page goes with each step.
            while try rows.next() != nil {}
        }
    }

    /// Moves the write-ahead log into the database, as far as readers let it.
    package func checkpoint() async { await self.writer.checkpointNow() }
}
