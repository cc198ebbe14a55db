import GRDB
import Synchronization

/// A few read-only connections, used on the caller's own thread.
///
/// A point read takes some microseconds, less than handing it to another thread would. In WAL mode readers neither wait
/// for the writer nor hold it up. A caller takes a connection that nobody uses, else queues at the one with the fewest
/// waiting.
final class ReaderPool: Sendable {
    private let readers: [Reader]
    private let turn = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)
    private let onFailure: @Sendable (CatalogError) -> Void

    private final class Reader: Sendable {
        let connection: DatabaseQueue
        let users = Atomic<Int>(0)

        init(_ connection: DatabaseQueue) {
            self.connection = connection
        }
    }

    /// Opens the connections; `onFailure` is told of every failure of the disk.
    init(
        path: String,
        count: Int,
        slowStatements: SlowStatements? = nil,
        onFailure: @escaping @Sendable (CatalogError) -> Void
    ) throws {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.label = "purser.catalog.reader"
        configuration.busyMode = .timeout(5)
        if let slowStatements { configuration.prepareDatabase { slowStatements.watch($0) } }
        self.readers = try (0..<max(1, count)).map { _ in
            Reader(try DatabaseQueue(path: path, configuration: configuration))
        }
        self.onFailure = onFailure
    }

    /// Reads with a connection that nobody else uses meanwhile.
    ///
    /// Each statement sees the latest commit, unless `body` opens a transaction.
    ///
    /// - Throws: ``CatalogError``, whatever `body` throws.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        guard !self.isClosed.load(ordering: .acquiring) else {
            throw CatalogError(.closed, "the catalog is closed")
        }
        let reader = self.claim()
        defer { reader.users.subtract(1, ordering: .releasing) }
        do {
            return try reader.connection.unsafeRead(body)
        } catch {
            if self.isClosed.load(ordering: .acquiring) {
                throw CatalogError(.closed, "the catalog is closed", cause: error)
            }
            let failure = CatalogError(translating: error)
            if failure.poisons { self.onFailure(failure) }
            throw failure
        }
    }

    private func claim() -> Reader {
        let first = self.turn.wrappingAdd(1, ordering: .relaxed).newValue & Int.max
        var quietest = self.readers[first % self.readers.count]
        var fewest = Int.max
        for offset in 0..<self.readers.count {
            let reader = self.readers[(first &+ offset & Int.max) % self.readers.count]
            let (isFree, users) = reader.users.compareExchange(
                expected: 0,
                desired: 1,
                ordering: .acquiringAndReleasing
            )
            if isFree { return reader }
            if users < fewest {
                fewest = users
                quietest = reader
            }
        }
        quietest.users.add(1, ordering: .acquiringAndReleasing)
        return quietest
    }

    /// Closes the connections after the reads that hold them; later reads throw ``CatalogError`` `.closed`.
    func close() throws {
        self.isClosed.store(true, ordering: .releasing)
        for reader in self.readers {
            try reader.connection.close()
        }
    }
}
