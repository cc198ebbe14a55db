import NIOCore
import PurserCatalog
import PurserIdentifiers
import Synchronization

/// Inline contents that were read lately, each checked against its digest.
///
/// A content never changes, so there is nothing to keep true.
final class ContentCache: Sendable {
    private struct State {
        var contents: RecentValues<BlobID, ByteBuffer>
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

    /// The content, read where it is not here.
    func content(of blob: BlobID, read: () throws -> ByteBuffer) rethrows -> ByteBuffer {
        let hit = self.state.withLock { state in
            let hit = state.contents.value(for: blob)
            if hit == nil { state.misses += 1 } else { state.hits += 1 }
            return hit
        }
        if let hit { return hit }
        let bytes = try read()
        self.state.withLock { $0.contents.insert(bytes, for: blob, cost: bytes.storageCapacity + 200) }
        return bytes
    }

    /// How often a content was asked for and found here, and how often not.
    var looks: (hits: Int64, misses: Int64) { self.state.withLock { ($0.hits, $0.misses) } }

    func removeAll() {
        self.state.withLock { $0.contents.removeAll() }
    }
}
