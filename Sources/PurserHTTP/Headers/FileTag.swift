import PurserBlobs
import PurserCatalog
import PurserIdentifiers

/// The entity tag of a file, strong (RFC 9110 §8.8.3): `"<sha256>"`, and `"<sha256>-zstd"` where it is sent with a coding.
///
/// What is sent with a coding has other bytes, and needs a tag of its own; both stand for the same content.
struct FileTag: Hashable {
    /// The content.
    var blob: BlobID
    /// The coding it is sent with; `nil` where it is sent as it is.
    var coding: ContentCoding?

    init(_ blob: BlobID, _ coding: ContentCoding?) {
        self.blob = blob
        self.coding = coding
    }

    /// Reads what stands between the quotes.
    ///
    /// - Returns: `nil` where no content of ours can have this tag.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let digits = parts.first, let blob = BlobID(hex: digits) else { return nil }
        self.blob = blob
        guard parts.count == 2 else { return }
        guard let coding = ContentCoding(rawValue: String(parts[1])) else { return nil }
        self.coding = coding
    }

    /// The value of `ETag`.
    var text: String { "\"\(self.blob.hex)\(self.coding.map { "-\($0.rawValue)" } ?? "")\"" }
}

extension FileRecord {
    /// The entity tag of the content as it is.
    var etag: String { FileTag(self.blob, nil).text }
}
