import PurserIdentifiers

/// Whether bytes that came are those that were promised.
enum ContentCheck {
    /// - Throws: ``CommandError`` `content_incomplete`, `digest_mismatch`.
    static func check(_ facts: ContentFacts, count: Int64, digest: BlobID?) throws {
        guard count == facts.size else {
            throw CommandError("\(count) of \(facts.size) bytes came; try again", code: "content_incomplete")
        }
        guard digest == facts.sha256 else {
            throw CommandError(
                "the bytes that came are not those that were stored: their SHA-256 differs; try again, and if it "
                    + "persists check the disk of the store",
                code: "digest_mismatch"
            )
        }
    }
}
