public import Foundation
public import Logging
import GRDB
import PurserIdentifiers

/// The catalog: which files there are, which contents they have, and the bytes of the small ones.
///
/// An SQLite database in WAL mode with one connection that writes and a few that read. Writes are grouped: all that
/// wait share one transaction and one fsync, and each returns once it is durable. Reads are synchronous, take some
/// microseconds on the caller's thread and never wait for a write; what a write has returned, every later read sees.
///
/// The verbs are those of the store, in the files of their subjects: buckets, files, blobs, listing, totals; and those of
/// the monitor: history.
public final class Catalog: Sendable {
    let readers: ReaderPool
    let writer: GroupCommit
    let cache: FileCache
    let onDamage: (@Sendable (BlobID) -> Void)?
    /// Reads of files that were not written yet.
    let accesses = AccessNotes(capacity: 4 * 1_024 * 1_024)
    private let path: String

    private init(
        path: String,
        readers: ReaderPool,
        writer: GroupCommit,
        cache: FileCache,
        onDamage: (@Sendable (BlobID) -> Void)?
    ) {
        self.path = path
        self.readers = readers
        self.writer = writer
        self.cache = cache
        self.onDamage = onDamage
    }

    /// Opens a catalog, or makes one with the bucket `default` where there is none.
    ///
    /// An older format is brought up to date; a newer one is refused, and nothing is touched. What was committed when
    /// the process or the machine died is recovered from the write-ahead log. Blocking: call it at start-up.
    ///
    /// - Parameters:
    ///   - path: The database file; two more are made beside it (`-wal`, `-shm`).
    ///   - configuration: How it works.
    ///   - logger: For what happens without a caller.
    ///   - time: The time of creation, where there is no catalog yet.
    /// - Returns: The catalog; ``close()`` it at the end.
    /// - Throws: ``CatalogError`` `.newerFormat`, `.damaged`, `.storageFailure`, `.noSpace`, `.busy`.
    public static func open(
        at path: String,
        configuration: CatalogConfiguration = CatalogConfiguration(),
        logger: Logger,
        time: Date = Date()
    ) throws -> Catalog {
        do {
            let migrations = Schema.migrations
            try Inspection.check(
                path: path,
                latestVersion: migrations.latestVersion,
                maxCheckedBytes: configuration.maxCheckedBytes
            )
            let slowStatements = SlowStatements(configuration)
            let connection = try WriterConnection.open(
                path: path,
                migrations: migrations,
                slowStatements: slowStatements,
                at: time
            )
            let cache = FileCache(capacity: configuration.cacheBytes)
            let writer = GroupCommit(
                connection: connection,
                cache: cache,
                configuration: configuration,
                logger: logger
            )
            let readers = try ReaderPool(
                path: path,
                count: configuration.readers,
                slowStatements: slowStatements,
                onFailure: writer.poison
            )
            return Catalog(
                path: path,
                readers: readers,
                writer: writer,
                cache: cache,
                onDamage: configuration.onDamage
            )
        } catch {
            throw CatalogError(translating: error)
        }
    }

    /// Does the writes that wait, brings the write-ahead log into the database and closes it.
    ///
    /// Calling it again is fine.
    ///
    /// Reads and writes that come later throw ``CatalogError`` `.closed`. After a failure of the disk the log is left
    /// to the next start.
    public func close() async throws {
        // A hit would not notice that the catalog is closed.
        defer { self.cache.removeAll() }
        // The last reads that were noted: late notes, where there is no room for them.
        try? await self.flushAccesses()
        do {
            try await self.writer.close(with: self.readers)
        } catch {
            throw CatalogError(translating: error)
        }
    }

    /// Gives the memory of rows read lately back; they are read again where they are wanted.
    public func dropCache() { self.cache.removeAll() }

    /// How the group commit does since the catalog was opened.
    public func metrics() -> CatalogMetrics { self.writer.metrics }

    /// Bytes of the write-ahead log on the disk; `nil` where there is none.
    ///
    /// Costs a look at the folder.
    public func logBytes() -> Int64? {
        // No log is no failure: SQLite removes it when the catalog is closed.
        let attributes = try? FileManager.default.attributesOfItem(atPath: self.path + "-wal")
        return (attributes?[.size] as? NSNumber)?.int64Value
    }

    /// The failure that made the catalog read-only; `nil` while it is well.
    public var failure: CatalogError? { self.writer.failure }
}
