import Foundation
import GRDB
import PurserIdentifiers

extension WriteTransaction {
    func blob(_ id: BlobID) throws -> BlobRow? {
        try self.db.first(Query.blob, [id.data]) { try BlobRow($0) }
    }

    /// Adds a content with one reference.
    func insertBlob(_ id: BlobID, size: Int64, content: NewFile.Content, at time: Date) throws -> BlobRow {
        let kept = content.kept
        try self.write(Query.insertBlob, [id.data, size, kept.storedSize, kept.encoding, time.milliseconds])
        let row = self.db.lastInsertedRowID
        if let bytes = kept.bytes {
            try self.write(Query.insertContent, [row, bytes])
        }
        let blob = BlobRow(
            row: row,
            record: BlobRecord(
                id: id,
                size: size,
                storedSize: kept.storedSize,
                encoding: kept.encoding,
                references: 1,
                state: .live,
                retiredAt: nil,
                isDamaged: false
            )
        )
        self.changes.add(blob.record, times: 1)
        return blob
    }

    /// Puts good bytes in the place of damaged ones.
    func repair(_ blob: inout BlobRow, with content: NewFile.Content) throws {
        let kept = content.kept
        var form = BlobForm(encoding: kept.encoding, storedSize: kept.storedSize)
        form.bytes = kept.bytes
        blob = try self.replaceForm(of: blob, by: form)
    }

    /// Adds a reference; a retired content is live again.
    func refer(to blob: inout BlobRow) throws {
        let before = blob.record
        blob.record.references += 1
        blob.record.state = .live
        blob.record.retiredAt = nil
        try self.store(blob, replacing: before)
    }

    /// Drops a reference; without the last one the content is retired.
    func release(_ blob: BlobRow, at time: Date) throws {
        var blob = blob
        let before = blob.record
        blob.record.references -= 1
        if blob.record.references <= 0 {
            blob.record.state = .retired
            blob.record.retiredAt = time
        }
        try self.store(blob, replacing: before)
    }

    func markDeleting(_ id: BlobID, retiredBefore: Date) throws -> Bool {
        guard var blob = try self.blob(id), blob.record.state == .retired, blob.record.references == 0,
            let retiredAt = blob.record.retiredAt, retiredAt.milliseconds < retiredBefore.milliseconds
        else { return false }
        let before = blob.record
        blob.record.state = .deleting
        try self.store(blob, replacing: before)
        return true
    }

    func forget(_ id: BlobID) throws {
        guard let blob = try self.blob(id) else { return }
        guard blob.record.state == .deleting else {
            throw CatalogError(.blobInUse, "content \(id) is not marked as being deleted")
        }
        if blob.record.isInline {
            try self.write(Query.deleteContent, [blob.row])
        }
        try self.write(Query.deleteBlob, [blob.row])
        self.changes.add(blob.record, times: -1)
    }

    func flag(_ id: BlobID, damaged: Bool) throws {
        guard let blob = try self.blob(id), blob.record.isDamaged != damaged else { return }
        try self.write(Query.flagBlob, [damaged ? 1 : 0, blob.row])
        self.changes(contentOf: id)
    }

    private func store(_ blob: BlobRow, replacing before: BlobRecord) throws {
        let record = blob.record
        try self.write(
            Query.referToBlob,
            [record.references, record.state.rawValue, record.retiredAt?.milliseconds, blob.row]
        )
        self.changes.replace(before, by: record)
    }
}
