import Foundation
import GRDB
import PurserIdentifiers

/// A file joined with its content.
struct FileRow {
    let blob: BlobRow
    let record: FileRecord

    /// Decodes the columns of the queries in ``Query`` that select a file.
    init(_ row: Row, in bucket: BucketName) throws {
        let blob = try BlobRow(row)
        guard let key = try row.bytes(9, { bytes in try? FileKey(utf8: bytes) }) else {  // as for a bucket's name
            throw CatalogError.undecodable("a file's key")
        }
        self.blob = blob
        self.record = FileRecord(
            bucket: bucket,
            key: key,
            blob: blob.record.id,
            size: blob.record.size,
            contentType: row[10] as String?,
            metadata: try MetadataText.decode(row[11] as String?),
            createdAt: Date(milliseconds: try row.integer(12)),
            modifiedAt: Date(milliseconds: try row.integer(13)),
            encoding: blob.record.encoding,
            storedSize: blob.record.storedSize,
            isDamaged: blob.record.isDamaged
        )
    }
}

extension FileKey {
    /// The key in the form that statements take.
    var data: Data { Data(self.text.utf8) }
}
