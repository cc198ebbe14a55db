import GRDB

extension CatalogError {
    /// Translates what GRDB and SQLite throw, at the edge of this layer; errors of this layer pass through.
    ///
    /// Only `SQLITE_FULL` means a full disk for sure. `SQLITE_IOERR_SHMSIZE` does in practice: the index of the
    /// write-ahead log could not grow. Every other I/O error, a failed fsync above all, leaves unknown what is on the
    /// disk (<https://www.sqlite.org/rescode.html>).
    init(translating error: any Error) {
        switch error {
        case let error as CatalogError:
            self = error
        case let error as DatabaseError:
            self.init(translating: error)
        default:
            self.init(.internalFailure, "the catalog failed", cause: error)
        }
    }

    private init(translating error: DatabaseError) {
        switch error.extendedResultCode {
        case .SQLITE_IOERR_SHMSIZE:
            self.init(.noSpace, "the disk is full", cause: error)
            return
        case .SQLITE_IOERR_NOMEM:
            self.init(.internalFailure, "the catalog ran out of memory", cause: error)
            return
        default:
            break
        }
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.noSpace, "the disk is full", cause: error)
        case .SQLITE_IOERR:
            self.init(.storageFailure, "the disk failed beneath the catalog", cause: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.damaged, "the catalog is damaged", cause: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "another program holds the catalog locked", cause: error)
        default:
            self.init(.internalFailure, "the catalog failed", cause: error)
        }
    }
}
