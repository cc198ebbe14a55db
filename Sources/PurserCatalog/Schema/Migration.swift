import GRDB

/// One step of the schema, forward only.
///
/// Once shipped it is never edited; what follows is a new step.
struct Migration: Sendable {
    /// The `PRAGMA user_version` that the database has afterwards; steps count from 1 without a gap.
    let version: Int
    /// The statements, run in one transaction with the new version.
    let sql: String
}

extension [Migration] {
    /// The version of a database that went through all steps.
    var latestVersion: Int { self.last?.version ?? 0 }

    /// Takes a database from its version to the latest one, a transaction per step.
    ///
    /// A step that fails leaves the database at the version before it.
    ///
    /// - Returns: The version that was found.
    /// - Throws: ``CatalogError`` `.newerFormat` where the database is ahead of the steps; nothing is changed then.
    @discardableResult
    func migrate(_ db: Database) throws -> Int {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found <= self.latestVersion else {
            throw CatalogError.newerFormat(found: found, known: self.latestVersion)
        }
        for step in self where step.version > found {
            try db.inTransaction(.immediate) {
                try db.execute(sql: step.sql)
                try db.execute(sql: "PRAGMA user_version = \(step.version)")
                return .commit
            }
        }
        return found
    }
}

extension CatalogError {
    static func newerFormat(found: Int, known: Int) -> CatalogError {
        CatalogError(
            .newerFormat,
            "the catalog has format \(found), this version of Purser knows formats up to \(known): use a newer Purser"
        )
    }
}
