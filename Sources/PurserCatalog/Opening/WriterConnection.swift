import Foundation
import GRDB
import PurserIdentifiers

/// The opening of the one connection that writes.
enum WriterConnection {
    /// Opens the database in WAL mode and brings its schema up to date.
    ///
    /// A commit returns only once the log is on the disk (`synchronous = FULL`). GRDB's own WAL mode for a queue sets
    /// `NORMAL`, which loses commits with the power; hence the pragmas here.
    static func open(
        path: String,
        migrations: [Migration],
        slowStatements: SlowStatements? = nil,
        at time: Date
    ) throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.label = "purser.catalog.writer"
        configuration.busyMode = .timeout(5)
        // Else GRDB ends the process where a failing disk keeps a transaction from being taken back.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { db in
            slowStatements?.watch(db)
            // Takes effect where the file is new: its free pages can then be given back a few at a time.
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                throw CatalogError(.internalFailure, "the file system cannot hold a write-ahead log")
            }
            try db.execute(
                sql: """
                    PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA journal_size_limit = 67108864;
                    """
            )
        }
        let connection = try DatabaseQueue(path: path, configuration: configuration)
        try connection.inDatabase { db in
            if try migrations.migrate(db) == 0 {
                try Self.createDefaultBucket(db, at: time)
            }
        }
        return connection
    }

    private static func createDefaultBucket(_ db: Database, at time: Date) throws {
        try db.inTransaction(.immediate) {
            let transaction = WriteTransaction(db)
            _ = try transaction.createBucket(.default, at: time)
            try transaction.flush()
            return .commit
        }
    }
}
