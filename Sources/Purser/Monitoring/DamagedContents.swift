import PurserIdentifiers
import Synchronization

/// Contents that were found damaged and of which nobody has been told yet.
final class DamagedContents: Sendable {
    private static let capacity = 1_000

    private let blobs = Mutex<[BlobID]>([])

    /// Takes note of one; never waits.
    func add(_ blob: BlobID) {
        self.blobs.withLock { if $0.count < Self.capacity { $0.append(blob) } }
    }

    /// All since the last call.
    func take() -> [BlobID] {
        self.blobs.withLock { blobs in
            defer { blobs = [] }
            return blobs
        }
    }

    /// Forgets one that is whole again.
    func remove(_ blob: BlobID) {
        self.blobs.withLock { $0.removeAll { $0 == blob } }
    }
}
