import NIOCore
import PurserCatalog
import PurserIdentifiers
import Synchronization

/// Inline contents that were read lately, each checked against its digest.
///
/// A content never changes, so there is nothing to keep true.
final class ContentCache: Sendable {
    private let contents: Mutex<RecentValues<BlobID, ByteBuffer>>

    /// Makes an empty cache.
    ///
    /// - Parameter capacity: Bytes of memory, roughly; 0 keeps nothing.
    init(capacity: Int) {
        self.contents = Mutex(RecentValues(capacity: capacity))
    }

    /// The content, read where it is not here.
    func content(of blob: BlobID, read: () throws -> ByteBuffer) rethrows -> ByteBuffer {
        if let hit = self.contents.withLock({ $0.value(for: blob) }) { return hit }
        let bytes = try read()
        self.contents.withLock { $0.insert(bytes, for: blob, cost: bytes.storageCapacity + 200) }
        return bytes
    }

    func removeAll() {
        self.contents.withLock { $0.removeAll() }
    }
}
