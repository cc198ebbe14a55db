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
    private struct State {
        var contents: RecentValues<BlobID, InlineContent>
        var hits: Int64 = 0
        var misses: Int64 = 0
    }

    private let state: Mutex<State>

    /// Makes an empty cache.
    ///
    /// - Parameter capacity: Bytes of memory, roughly; 0 keeps nothing.
    init(capacity: Int) {
        self.state = Mutex(State(contents: RecentValues(capacity: capacity)))
    }

    /// The content with a coding, read where it is not here like that.
    func content(
        of blob: BlobID,
        coding: ContentCoding?,
        read: () throws -> InlineContent
    ) rethrows -> InlineContent {
        let hit = self.state.withLock { state in
            let hit = state.contents.value(for: blob).flatMap { $0.coding == coding ? $0 : nil }
            if hit == nil { state.misses += 1 } else { state.hits += 1 }
            return hit
        }
        if let hit { return hit }
        let content = try read()
        self.state.withLock { $0.contents.insert(content, for: blob, cost: content.cost) }
        return content
    }

    /// How often a content was asked for and found here, and how often not.
    var looks: (hits: Int64, misses: Int64) { self.state.withLock { ($0.hits, $0.misses) } }

    func removeAll() {
        self.state.withLock { $0.contents.removeAll() }
    }
}
