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
}
