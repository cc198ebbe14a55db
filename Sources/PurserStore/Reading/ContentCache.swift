import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import Synchronization

/// A content that lies in the catalog, checked against its digest.
struct InlineContent: Sendable {
    /// The content.
    var bytes: ByteBuffer
    /// How it was compressed when it was read.
    var coding: ContentCoding?
    /// Its compressed form, where it has one.
    var kept: ByteBuffer?

    /// Memory that it takes, roughly, in bytes.
    var cost: Int { self.bytes.storageCapacity + (self.kept?.storageCapacity ?? 0) + 200 }
}

/// Inline contents that were read lately, each checked against its digest.
///
/// A content never changes, so there is nothing to keep true but how it is compressed.
final class ContentCache: Sendable {
    private let contents: Mutex<RecentValues<BlobID, InlineContent>>

    /// Makes an empty cache.
    ///
    /// - Parameter capacity: Bytes of memory, roughly; 0 keeps nothing.
    init(capacity: Int) {
        self.contents = Mutex(RecentValues(capacity: capacity))
    }

    /// The content with a coding, read where it is not here like that.
    func content(
        of blob: BlobID,
        coding: ContentCoding?,
        read: () throws -> InlineContent
    ) rethrows -> InlineContent {
        if let hit = self.contents.withLock({ $0.value(for: blob) }), hit.coding == coding { return hit }
        let content = try read()
        self.contents.withLock { $0.insert(content, for: blob, cost: content.cost) }
        return content
    }

    func removeAll() {
        self.contents.withLock { $0.removeAll() }
    }
}
