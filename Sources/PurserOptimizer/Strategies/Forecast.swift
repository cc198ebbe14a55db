import PurserCatalog
import PurserIdentifiers
import Synchronization

/// Bytes as kept that lose their last name with a removal.
struct FreedBytes: Sendable, Equatable {
    /// Of contents that no file has then.
    var inStore: Int64 = 0
    /// Of contents that no file of the bucket has then.
    var inBucket: Int64 = 0
}

/// What would be gone, had a run removed what it has chosen so far: so that no file and no byte is counted twice.
///
/// Memory grows with what is chosen: some twenty bytes for each file and each content that is freed.
final class Forecast: Sendable {
    /// A content within one bucket.
    private struct Holding: Hashable {
        var blobRow: Int64
        var bucketRow: Int64
    }

    private struct State {
        /// Hashes of names: a collision, one in 2^64 per pair, leaves one file out of a forecast.
        var files: Set<Int> = []
        /// How many names of a content with several are chosen, until all are.
        var names: [Int64: Int64] = [:]
        /// How many names of a content with several are left in a bucket.
        var namesLeft: [Holding: Int64] = [:]
        /// Contents that lose their last name.
        var freed: Set<Int64> = []
        var freedBytes: Int64 = 0
        var freedInBuckets: [BucketName: Int64] = [:]
    }

    private let catalog: Catalog
    private let buckets: Set<BucketName>
    private let state: Mutex<State>

    /// Begins with nothing chosen.
    ///
    /// - Parameters:
    ///   - buckets: Those whose bytes are counted, too.
    ///   - catalog: Where the files are.
    convenience init(countingIn buckets: Set<BucketName>, of catalog: Catalog) {
        self.init(State(), buckets, catalog)
    }

    private init(_ state: State, _ buckets: Set<BucketName>, _ catalog: Catalog) {
        self.state = Mutex(state)
        self.buckets = buckets
        self.catalog = catalog
    }

    /// A forecast that begins with what this one has chosen.
    func copy() -> Forecast { Forecast(self.state.withLock { $0 }, self.buckets, self.catalog) }

    /// Bytes as kept of contents that lose their last name.
    var freedBytes: Int64 { self.state.withLock { $0.freedBytes } }

    /// Bytes as kept of contents that lose their last name within a bucket, one of those that are counted.
    func freedBytes(inBucket bucket: BucketName) -> Int64 {
        self.state.withLock { $0.freedInBuckets[bucket] ?? 0 }
    }

    /// Chooses a file; used by one task at a time.
    ///
    /// - Returns: What loses its last name by it; `nil` where the file was chosen before.
    /// - Throws: `CatalogError`.
    func remove(_ file: FileCandidate) throws -> FreedBytes? {
        // Not under the lock: it may be read from the disk.
        let names = try self.namesInBucket(file)
        return self.state.withLock { state in
            guard state.files.insert(Self.hash(file)).inserted else { return nil }
            var freed = FreedBytes()
            if let names, Self.isLast(file, of: names, &state) {
                freed.inBucket = file.storedSize
                state.freedInBuckets[file.bucket, default: 0] += file.storedSize
            }
            if file.references > 1 {
                let count = state.names[file.blobRow, default: 0] + 1
                guard count >= file.references else {
                    state.names[file.blobRow] = count
                    return freed
                }
                state.names[file.blobRow] = nil
            }
            state.freed.insert(file.blobRow)
            state.freedBytes += file.storedSize
            freed.inStore = file.storedSize
            return freed
        }
    }

    /// Whether a file was chosen.
    func contains(_ file: FileCandidate) -> Bool {
        self.state.withLock { $0.files.contains(Self.hash(file)) }
    }

    /// Whether a content would have lost its last name.
    func isFreed(_ blobRow: Int64) -> Bool { self.state.withLock { $0.freed.contains(blobRow) } }

    /// How many names the content of a file has in its bucket, where that is counted and was not asked before.
    private func namesInBucket(_ file: FileCandidate) throws -> Int64? {
        guard self.buckets.contains(file.bucket) else { return nil }
        guard file.references > 1 else { return 1 }
        let holding = Holding(blobRow: file.blobRow, bucketRow: file.bucketRow)
        if let left = self.state.withLock({ $0.namesLeft[holding] }) { return left }
        return try self.catalog.names(ofBlob: file.blobRow, inBucket: file.bucketRow)
    }

    private static func isLast(_ file: FileCandidate, of names: Int64, _ state: inout State) -> Bool {
        guard file.references > 1 else { return true }
        state.namesLeft[Holding(blobRow: file.blobRow, bucketRow: file.bucketRow)] = names - 1
        return names <= 1
    }

    private static func hash(_ file: FileCandidate) -> Int {
        var hasher = Hasher()
        hasher.combine(file.bucketRow)
        hasher.combine(file.key)
        return hasher.finalize()
    }
}
