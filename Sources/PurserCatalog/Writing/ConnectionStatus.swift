import GRDB
import GRDBSQLite

/// The status counters of SQLite, which GRDB does not show.
enum ConnectionStatus {
    /// Pages that a connection has written to the write-ahead log since it was last asked to start anew.
    ///
    /// See `SQLITE_DBSTATUS_CACHE_WRITE` in <https://www.sqlite.org/c3ref/c_dbstatus_options.html>.
    static func pagesWritten(_ db: Database, startAnew: Bool = false) -> Int {
        var current: CInt = 0
        var highest: CInt = 0
        let code = sqlite3_db_status(
            db.sqliteConnection,
            SQLITE_DBSTATUS_CACHE_WRITE,
            &current,
            &highest,
            startAnew ? 1 : 0
        )
        return code == SQLITE_OK ? Int(current) : 0
    }
}
