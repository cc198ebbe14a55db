import PurserCatalog
import PurserIdentifiers
import Synchronization

/// What would be gone, had a run removed what it has chosen so far: so that no file and no byte is counted twice.
///
/// Memory grows with what is chosen: some twenty bytes for each file and each content that is freed.
final class Forecast: Sendable {
    private struct State {
        /// Hashes of names: a collision, one in 2^64 per pair, leaves one file out of a forecast.
        var files: Set<Int> = []
        /// How many names of a content with several are chosen, until all are.
        var names: [Int64: Int64] = [:]
        /// Contents that lose their last name.
        var freed: Set<Int64> = []
        var freedBytes: Int64 = 0
        var freedLogicalBytes: [BucketName: Int64] = [:]
    }

    private let state = Mutex(State())

    /// Bytes as kept of contents that lose their last name.
    var freedBytes: Int64 { self.state.withLock { $0.freedBytes } }

    /// Chooses a file.
    ///
    /// - Returns: Bytes as kept that lose their last name by it; `nil` where the file was chosen before.
    func remove(_ file: FileCandidate) -> Int64? {
        self.state.withLock { state in
            guard state.files.insert(Self.hash(file)).inserted else { return nil }
            state.freedLogicalBytes[file.bucket, default: 0] += file.size
            if file.references > 1 {
                let count = state.names[file.blobRow, default: 0] + 1
                guard count >= file.references else {
                    state.names[file.blobRow] = count
                    return 0
                }
                state.names[file.blobRow] = nil
            }
            state.freed.insert(file.blobRow)
            state.freedBytes += file.storedSize
            return file.storedSize
        }
    }

    /// Whether a file was chosen.
    func contains(_ file: FileCandidate) -> Bool {
        self.state.withLock { $0.files.contains(Self.hash(file)) }
    }

    /// Whether a content would have lost its last name.
    func isFreed(_ blobRow: Int64) -> Bool { self.state.withLock { $0.freed.contains(blobRow) } }

    /// Bytes, as users see them, of the files of a bucket that were chosen.
    func freedLogicalBytes(inBucket bucket: BucketName) -> Int64 {
        self.state.withLock { $0.freedLogicalBytes[bucket] ?? 0 }
    }

    private static func hash(_ file: FileCandidate) -> Int {
        var hasher = Hasher()
        hasher.combine(file.bucketRow)
        hasher.combine(file.key)
        return hasher.finalize()
    }
}
