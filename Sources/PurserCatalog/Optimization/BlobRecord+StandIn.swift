import Foundation
import PurserIdentifiers

extension BlobRecord {
    /// A file that could have the content: what reads files reads contents with it too.
    package var standIn: FileRecord {
        guard let key = try? FileKey(self.id.hex) else { preconditionFailure("hexadecimal digits are a key") }
        let time = Date(milliseconds: 0)
        return FileRecord(
            bucket: .default,
            key: key,
            blob: self.id,
            size: self.size,
            contentType: nil,
            metadata: [:],
            createdAt: time,
            modifiedAt: time,
            encoding: self.encoding,
            storedSize: self.storedSize,
            isDamaged: self.isDamaged
        )
    }
}
