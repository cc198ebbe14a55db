import PurserIdentifiers
import Synchronization

/// Rows of files that were read lately, kept true by the one writer.
///
/// The writer takes what a transaction changes out before it commits, and no row that was read while a commit was under
/// way is kept. Rows that name a content which has changed since they were read count for nothing. So a hit is never older
/// than what a read of the database would give, and a write that was answered is seen by every later read.
final class FileCache: Sendable {
    struct Name: Hashable, Sendable {
        let bucket: BucketName
        let key: FileKey
    }

    /// A row as it was read.
    private struct Row {
        var file: FileRecord
        /// How many begins and ends of commits had been.
        var commits: UInt64
    }

    /// Changed contents that are remembered; beyond them, all rows that were read before count for nothing.
    static let maxContents = 10_000

    private struct State {
        var files: RecentValues<Name, Row>
        /// The commits that have changed contents: rows read before name them as they were.
        var contents: [BlobID: UInt64] = [:]
        /// Rows read before this commit count for nothing.
        var horizon: UInt64 = 0
        var buckets: Set<BucketName> = []
        /// Begins and ends of commits, from 2: odd while one is under way.
        var commits: UInt64 = 2
        var hits: Int64 = 0
        var misses: Int64 = 0

        /// A row that is true.
        mutating func file(_ name: Name) -> FileRecord? {
            guard let row = self.files.value(for: name), row.commits > self.horizon else { return nil }
            guard let changed = self.contents[row.file.blob], changed > row.commits else { return row.file }
            return nil
        }

        /// The rows stay until others take their places: to free them all would hold everybody up.
        mutating func forgetContents() {
            self.horizon = self.commits
            self.contents = [:]
        }
    }

    private let state: Mutex<State>

    /// Makes an empty cache.
    ///
    /// - Parameter capacity: Bytes of memory, roughly; 0 keeps nothing.
    init(capacity: Int) {
        self.state = Mutex(State(files: RecentValues(capacity: capacity)))
    }

    /// The row under a name, read where it is not here.
    func file(_ name: Name, read: () throws -> FileRecord?) rethrows -> FileRecord? {
        let (hit, commits) = self.state.withLock { state in
            let hit = state.file(name)
            if hit == nil { state.misses += 1 } else { state.hits += 1 }
            return (hit, state.commits)
        }
        if let hit { return hit }
        guard let found = try read() else { return nil }
        guard commits.isMultiple(of: 2) else { return found }
        self.state.withLock { state in
            guard state.commits == commits else { return }
            state.files.insert(Row(file: found, commits: commits), for: name, cost: Self.cost(of: found))
        }
        return found
    }

    /// Whether there is a bucket, looked up where it is not known to be here.
    func hasBucket(_ name: BucketName, look: () throws -> Bool) rethrows -> Bool {
        let (isHit, commits) = self.state.withLock { ($0.buckets.contains(name), $0.commits) }
        if isHit { return true }
        guard try look() else { return false }
        guard commits.isMultiple(of: 2) else { return true }
        self.state.withLock { state in
            guard state.commits == commits else { return }
            state.buckets.insert(name)
        }
        return true
    }

    /// Runs the commit of a transaction that changes rows.
    ///
    /// - Parameters:
    ///   - names: The files that it writes or removes.
    ///   - buckets: The buckets that it removes.
    ///   - contents: The contents that it changes, and with them the rows of their files.
    ///   - commit: What makes the changes visible.
    func committing(
        changesOf names: [Name],
        removing buckets: [BucketName] = [],
        contents: [BlobID] = [],
        _ commit: () throws -> Void
    ) rethrows {
        self.state.withLock { state in
            state.commits += 1
            state.buckets.subtract(buckets)
            for name in names { state.files.remove(name) }
            for content in contents { state.contents[content] = state.commits }
            if state.contents.count > Self.maxContents { state.forgetContents() }
        }
        defer { self.state.withLock { $0.commits += 1 } }
        try commit()
    }

    /// How often a row was asked for and found here, and how often not.
    var looks: (hits: Int64, misses: Int64) { self.state.withLock { ($0.hits, $0.misses) } }

    func removeAll() {
        self.state.withLock { state in
            state.files.removeAll()
            state.contents = [:]
        }
    }

    /// What a row takes, roughly: the record, its strings, and its place in a dictionary.
    private static func cost(of file: FileRecord) -> Int {
        let metadata = file.metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 64 }
        return 400 + 2 * file.key.text.utf8.count + metadata
    }
}
