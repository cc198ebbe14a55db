import GRDB
import PurserIdentifiers

extension WriteTransaction {
    /// Keeps a content in another form, where it is still as the caller has seen it.
    func keep(_ id: BlobID, as form: BlobForm, insteadOf seen: BlobForm) throws -> Bool {
        guard let blob = try self.blob(id), blob.record.state == .live, !blob.record.isDamaged,
            blob.record.encoding == seen.encoding, blob.record.storedSize == seen.storedSize
        else { return false }
        try self.replaceForm(of: blob, by: form)
        return true
    }

    /// Puts other bytes in the place of a content's.
    ///
    /// - Returns: The content as it is then.
    @discardableResult
    func replaceForm(of blob: BlobRow, by form: BlobForm) throws -> BlobRow {
        let before = blob.record
        if before.isInline {
            try self.write(Query.deleteContent, [blob.row])
        }
        if let bytes = form.bytes {
            try self.write(Query.insertContent, [blob.row, bytes])
        }
        try self.write(Query.replaceBlob, [form.storedSize, form.encoding, blob.row])
        // It was judged by the bytes before, which may have been damaged.
        try self.write(OptimizationQuery.forgetVerdict, [blob.row])
        try self.count(grown: form.storedSize - before.storedSize, blob)
        self.changes(contentOf: before.id)
        var after = blob
        after.record.storedSize = form.storedSize
        after.record.encoding = form.encoding
        after.record.isDamaged = false
        self.changes.replace(before, by: after.record)
        return after
    }
}
