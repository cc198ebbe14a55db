import Foundation
import GRDB
import PurserIdentifiers

/// A blob with the number of its row, by which other tables refer to it.
struct BlobRow {
    let row: Int64
    var record: BlobRecord

    init(row: Int64, record: BlobRecord) {
        self.row = row
        self.record = record
    }

    /// Decodes the first nine columns of the queries in ``Query`` that select a blob.
    init(_ row: Row) throws {
        self.row = try row.integer(0)
        guard let id = try row.bytes(1, { BlobID(bytes: $0) }),
            let state = BlobRecord.State(rawValue: try row.integer(6))
        else { throw CatalogError.undecodable("a content's row") }
        self.record = BlobRecord(
            id: id,
            size: try row.integer(2),
            storedSize: try row.integer(3),
            encoding: try row.text(4),
            references: try row.integer(5),
            state: state,
            retiredAt: (row[7] as Int64?).map(Date.init(milliseconds:)),
            isDamaged: try row.integer(8) != 0
        )
    }
}

extension BlobID {
    /// The digest in the form that statements take.
    var data: Data { Data(self.bytes) }
}
