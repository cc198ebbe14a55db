import Foundation
import GRDB
import PurserIdentifiers

/// A bucket with the number of its row, by which files refer to it.
struct BucketRow {
    let row: Int64
    var record: BucketRecord

    init(row: Int64, record: BucketRecord) {
        self.row = row
        self.record = record
    }

    init(_ row: Row) throws {
        guard let name = try? BucketName(try row.text(1)) else {  // whatever the objection, it was not written by us
            throw CatalogError.undecodable("a bucket's name")
        }
        self.row = try row.integer(0)
        self.record = BucketRecord(
            name: name,
            createdAt: Date(milliseconds: try row.integer(2)),
            files: try row.integer(3),
            logicalBytes: try row.integer(4),
            physicalBytes: try row.integer(5)
        )
    }
}
