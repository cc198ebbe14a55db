public import Foundation
public import PurserIdentifiers

/// What the catalog knows of one distinct content.
public struct BlobRecord: Sendable, Equatable {
    /// Where a content is in its life.
    public enum State: Int64, Sendable, CaseIterable {
        /// At least one file has it.
        case live = 0
        /// No file has it any more; the bytes are still there, and a new file may take it up again.
        case retired = 1
        /// The collector is deleting the bytes; no file can take it up.
        case deleting = 2
    }

    /// The content's digest.
    public var id: BlobID
    /// Bytes of the content.
    public var size: Int64
    /// Bytes as kept, encoded.
    public var storedSize: Int64
    /// How the bytes are kept: in the catalog itself (`inline`, `inline-zstd`, …), else as a file of its own (`raw`,
    /// `zstd`, …).
    public var encoding: String
    /// How many files have it.
    public var references: Int64
    /// Where it is in its life.
    public var state: State
    /// When its last file went; `nil` while it is live.
    public var retiredAt: Date?
    /// Whether its bytes were found to differ from the digest.
    public var isDamaged: Bool

    /// The encoding of contents whose bytes lie in the catalog as they are; those of compressed ones begin with it.
    public static let inlineEncoding = "inline"

    /// Whether the bytes lie in the catalog, compressed or not.
    public var isInline: Bool { self.encoding.hasPrefix(Self.inlineEncoding) }

    /// How the content is kept, without its bytes.
    public var form: BlobForm { BlobForm(encoding: self.encoding, storedSize: self.storedSize) }
}
