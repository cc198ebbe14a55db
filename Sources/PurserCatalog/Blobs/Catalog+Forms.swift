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
        try await self.keep([FormChange(of: blob, from: seen, to: form)]) == [true]
    }

    /// Keeps contents in other forms from here on, in one transaction; other writes wait for all of them.
    ///
    /// - Parameter changes: What to keep how; see ``keep(_:as:insteadOf:)``.
    /// - Returns: For each whether it is kept so now, and was before in the form seen.
    /// - Throws: ``CatalogError`` `.noSpace`, `.readOnly`, `.contradiction`; all are then as they were.
    package func keep(_ changes: [FormChange]) async throws -> [Bool] {
        for form in changes.map(\.form)
        where form.encoding.isEmpty || form.encoding.hasPrefix(BlobRecord.inlineEncoding) != (form.bytes != nil) {
            throw CatalogError(.contradiction, "a content cannot be kept as '\(form.encoding)' like that")
        }
        return try await self.writer.submit(inlineBytes: changes.reduce(0) { $0 + ($1.form.bytes?.count ?? 0) }) {
            transaction in
            try changes.map { try transaction.keep($0.blob, as: $0.form, insteadOf: $0.seen) }
        }
    }
}

/// A content that is to be kept in another form.
package struct FormChange: Sendable {
    /// The content's digest.
    package var blob: BlobID
    /// The form that the new one is made of.
    package var seen: BlobForm
    /// The new form; it holds the same content.
    package var form: BlobForm

    /// Describes a change.
    package init(of blob: BlobID, from seen: BlobForm, to form: BlobForm) {
        self.blob = blob
        self.seen = seen
        self.form = form
    }
}
