import Foundation
import GRDB

/// The look at a database before anything is written to it.
enum Inspection {
    /// Makes sure that a database is a catalog that this version can open.
    ///
    /// SQLite itself refuses a file whose header promises more pages than there are, and a schema it cannot read.
    /// Reads through a read-only connection, which leaves the database and its write-ahead log as they are. An absent
    /// or empty file passes: it becomes a new catalog.
    ///
    /// Whether all its pages are checked follows from ``CatalogConfiguration/maxCheckedBytes``.
    ///
    /// - Throws: ``CatalogError`` `.newerFormat`, `.damaged`.
    static func check(path: String, latestVersion: Int, maxCheckedBytes: Int64) throws {
        guard let size = try Self.size(of: path), size > 0 else { return }
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.label = "purser.catalog.inspection"
        configuration.busyMode = .timeout(5)
        let connection = try DatabaseQueue(path: path, configuration: configuration)
        defer {
            try? connection.close()  // read-only: there is nothing to lose
        }
        try connection.unsafeRead { db in
            try Self.checkFormat(db, latestVersion: latestVersion)
            if size <= maxCheckedBytes {
                try Self.checkPages(db)
            }
        }
    }

    private static func size(of path: String) throws -> Int64? {
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return (attributes[.size] as? NSNumber)?.int64Value
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
            return nil
        } catch {
            throw CatalogError(.storageFailure, "the catalog's file cannot be read", cause: error)
        }
    }

    private static func checkFormat(_ db: Database, latestVersion: Int) throws {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let objects = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if application == 0, version == 0, objects == 0 { return }  // made, but never filled
        guard application == Schema.applicationID else {
            throw CatalogError(.damaged, "the file is a database, but not a catalog of Purser")
        }
        guard version <= latestVersion else {
            throw CatalogError.newerFormat(found: version, known: latestVersion)
        }
    }

    private static func checkPages(_ db: Database) throws {
        let finding = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
        guard finding == "ok" else {
            throw CatalogError(.damaged, "the catalog is damaged: \(finding ?? "its pages cannot be checked")")
        }
    }
}
