import GRDB
public import PurserIdentifiers

extension Catalog {
    /// Keeps a content in another form from here on, in one transaction.
    ///
    /// Nothing of its files changes, and no reader sees anything between. The bytes of the form must be durable; those of
    /// the form before are the caller's to remove afterwards, where they are in a file.
    ///
    /// - Parameters:
    ///   - blob: The content's digest.
    ///   - form: The new form; it must hold the same content.
    ///   - seen: The form that it is made of.
    /// - Returns: `false`, with nothing changed, where the content is not live and whole in the form seen.
    /// - Throws: ``CatalogError`` `.noSpace`, `.readOnly`, `.contradiction`.
    public func keep(_ blob: BlobID, as form: BlobForm, insteadOf seen: BlobForm) async throws -> Bool {
        guard form.encoding.hasPrefix(BlobRecord.inlineEncoding) == (form.bytes != nil), !form.encoding.isEmpty else {
            throw CatalogError(.contradiction, "a content cannot be kept as '\(form.encoding)' like that")
        }
        return try await self.writer.submit(inlineBytes: form.bytes?.count ?? 0) {
            try $0.keep(blob, as: form, insteadOf: seen)
        }
    }

    /// Notes that compressing a content does not save enough.
    ///
    /// An unknown content is left alone.
    public func noteIncompressible(_ blob: BlobID) async throws {
        try await self.writer.submit { try $0.noteIncompressible(blob) }
    }

    /// Contents that are worth an attempt to compress them: live and whole, kept as they are, and not known to save
    /// too little.
    ///
    /// - Parameters:
    ///   - row: Where to go on: `next` of the page before, 0 at the beginning.
    ///   - minSize: The least bytes of a content.
    ///   - limit: How many at most, at least one.
    /// - Returns: The contents, oldest first; `next` is `nil` on the last page.
    /// - Throws: ``CatalogError``.
    public func compressionCandidates(
        after row: Int64,
        minSize: Int64,
        limit: Int
    ) throws -> (blobs: [BlobRecord], next: Int64?) {
        let limit = max(1, limit)
        let rows = try self.readers.read { db in
            try db.all(.compressionCandidates, [row, minSize, limit]) { try BlobRow($0) }
        }
        return (rows.map(\.record), rows.count < limit ? nil : rows.last?.row)
    }
}
