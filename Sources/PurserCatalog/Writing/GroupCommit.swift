import GRDB
import Logging
import PurserIdentifiers
import Synchronization

/// The one writer of the catalog.
///
/// Writes that arrive while a transaction runs share the next one, and its one fsync.
///
/// Everything runs on the connection's own queue, which is serial. Preconditions are decided by reading before a write
/// changes anything, so a refusal leaves its neighbours alone. Where a statement fails all the same, SQLite may already
/// have dropped the whole transaction: it is rolled back, and its writes are done again one by one. A failure of the
/// disk ends all writing, and nothing is tried again: after a failed fsync a second one may succeed without the data
/// (<https://wiki.postgresql.org/wiki/Fsync_Errors>).
///
/// The queue has no bound of its own: whoever admits the operations limits how many can wait here.
final class GroupCommit: Sendable {
    private let connection: DatabaseQueue
    private let cache: FileCache
    private let configuration: CatalogConfiguration
    private let logger: Logger
    private let queue: Mutex<WriteQueue>
    private let figures = Mutex(CatalogMetrics())

    init(connection: DatabaseQueue, cache: FileCache, configuration: CatalogConfiguration, logger: Logger) {
        self.connection = connection
        self.cache = cache
        self.configuration = configuration
        self.logger = logger
        self.queue = Mutex(
            WriteQueue(maxBatchItems: configuration.maxBatchItems, maxBatchBytes: configuration.maxBatchBytes)
        )
    }

    var metrics: CatalogMetrics {
        var metrics = self.figures.withLock { $0 }
        metrics.waiting = self.queue.withLock { $0.count }
        (metrics.rowHits, metrics.rowMisses) = self.cache.looks
        return metrics
    }

    /// The failure that made the catalog read-only.
    var failure: CatalogError? { self.queue.withLock { $0.failure } }

    /// Does a write in the next transaction and returns once it is durable.
    ///
    /// A cancelled task takes its write back if it has not begun (`CancellationError`); a write that has begun is
    /// answered as it ended. So nobody is told "cancelled" of a write that was committed.
    ///
    /// - Parameters:
    ///   - inlineBytes: Bytes of content that the write brings, for the bound of a batch.
    ///   - body: Decides, then writes. It may be called twice: what a failed batch did is undone before.
    /// - Returns: What `body` returned.
    /// - Throws: What `body` decided; else ``CatalogError`` as the database failed; `CancellationError`.
    func submit<Value: Sendable>(
        inlineBytes: Int = 0,
        _ body: @escaping @Sendable (WriteTransaction) throws -> Value
    ) async throws -> Value {
        try Task.checkCancellation()
        let id = self.queue.withLock { $0.makeID() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.append(QueuedWrite(inlineBytes: inlineBytes, continuation: continuation, body: body), id: id)
                // The handler may have run before there was anything to withdraw.
                if Task.isCancelled { self.withdraw(id) }
            }
        } onCancel: {
            self.withdraw(id)
        }
    }

    /// Does a write that nobody waits for in the next transaction; it is lost where that fails.
    func enqueue(_ body: @escaping @Sendable (WriteTransaction) throws -> Void) {
        let id = self.queue.withLock { $0.makeID() }
        self.append(QueuedWrite(body: body), id: id)
    }

    /// Moves the write-ahead log into the database, as far as readers let it.
    func checkpointNow() async {
        guard self.failure == nil else { return }
        await withCheckedContinuation { continuation in
            self.connection.asyncWriteWithoutTransaction { db in
                self.checkpoint(db)
                continuation.resume()
            }
        }
    }

    private func append(_ write: QueuedWrite, id: UInt64) {
        switch self.queue.withLock({ $0.append(write, id: id) }) {
        case .queued: break
        case .start: self.connection.asyncWriteWithoutTransaction { db in self.drain(db) }
        case .refused(let error): write.refuse(error)
        }
    }

    private func withdraw(_ id: UInt64) {
        let write = self.queue.withLock { $0.withdraw(id) }
        write?.refuse(CancellationError())
    }

    private func drain(_ db: Database) {
        while true {
            let batch = self.queue.withLock { $0.takeBatch() }
            if batch.isEmpty { return }
            let started = ThreadTime.now()
            self.run(batch, in: db)
            self.checkpointWhenDue(db)
            let worked = ThreadTime.now() - started
            self.figures.withLock { $0.writerTime += worked }
        }
    }

    /// Ends all writing after a failure of the disk.
    ///
    /// Only the first one counts.
    func poison(_ failure: CatalogError) {
        guard let waiting = self.queue.withLock({ $0.poison(failure) }) else { return }
        self.logger.critical("catalog is read-only from now on", metadata: ["purser.error": "\(failure)"])
        for write in waiting {
            write.refuse(CatalogError(.readOnly, "the catalog is read-only: \(failure.message)", cause: failure))
        }
        self.configuration.onInputOutputError(failure)
    }

    /// Refuses new writes, does those that wait, brings the write-ahead log into the database, and closes everything.
    ///
    /// The last connection to close makes SQLite checkpoint. So the readers go first, as they would hold the log; but
    /// after a failure of the disk they go last, since a read-only connection leaves the log alone.
    func close(with readers: ReaderPool) async throws {
        guard self.queue.withLock({ $0.close() }) else { return }
        await withCheckedContinuation { continuation in
            self.connection.asyncWriteWithoutTransaction { db in
                self.drain(db)
                continuation.resume()
            }
        }
        guard self.failure == nil else {
            try self.connection.close()
            try readers.close()
            return
        }
        try readers.close()
        let checkpoint: Result<Void, CatalogError> = await withCheckedContinuation { continuation in
            self.connection.asyncWriteWithoutTransaction { db in
                continuation.resume(returning: Self.truncateLog(db))
            }
        }
        try self.connection.close()
        guard case .failure(let error) = checkpoint else { return }
        guard error.code == .noSpace else { throw error }
        // A full disk has no room to bring the log in: it stays, and what it holds is as durable as it was.
        self.logger.warning("catalog checkpoint postponed", metadata: ["purser.error": "\(error)"])
    }

    private static func truncateLog(_ db: Database) -> Result<Void, CatalogError> {
        Result { _ = try db.checkpoint(.truncate) }.mapError(CatalogError.init(translating:))
    }
}

extension GroupCommit {
    /// Does a batch in one transaction and answers all of it afterwards.
    private func run(_ batch: [QueuedWrite], in db: Database, isReplay: Bool = false) {
        let clock = ContinuousClock()
        let started = clock.now
        var answers: [QueuedWrite.Answer] = []
        answers.reserveCapacity(batch.count)
        do {
            try self.transact(db) { transaction in
                for write in batch {
                    answers.append(try self.attempt(write, in: transaction))
                }
            }
        } catch {
            self.settle(batch, after: CatalogError(translating: error), in: db, isReplay: isReplay)
            return
        }
        let duration = clock.now - started
        self.figures.withLock { figures in
            figures.batches += 1
            figures.items += Int64(batch.count)
            figures.largestBatch = max(figures.largestBatch, batch.count)
            figures.lastBatchDuration = duration
        }
        if let onCommit = self.configuration.onCommit {
            onCommit(CommittedBatch(duration: duration, waits: batch.map { max(.zero, started - $0.queuedAt) }))
        }
        for answer in answers {
            answer(nil)
        }
    }

    /// Lets one write do its work.
    ///
    /// A refusal it decided on is answered with the rest, since what it saw becomes true only with the commit; anything
    /// else ends the batch.
    private func attempt(_ write: QueuedWrite, in transaction: WriteTransaction) throws -> QueuedWrite.Answer {
        do {
            return try transaction.perform(write.perform)
        } catch let refusal as CatalogError where refusal.isDecision && !transaction.hasWritten {
            return { failure in write.refuse(failure ?? refusal) }
        }
    }

    private func settle(_ batch: [QueuedWrite], after error: CatalogError, in db: Database, isReplay: Bool) {
        if error.poisons {
            self.poison(error)
        } else if !isReplay, error.code != .busy, batch.count > 1 || error.code == .noSpace {
            self.logger.warning(
                "catalog batch failed, replaying it",
                metadata: ["purser.error": "\(error)", "purser.catalog.items": "\(batch.count)"]
            )
            if error.code == .noSpace {
                // The log then starts anew within the room that its file has already: deletes go on.
                self.checkpoint(db)
            }
            self.replay(batch, in: db)
            return
        }
        for write in batch {
            write.refuse(error)
        }
    }

    private func replay(_ batch: [QueuedWrite], in db: Database) {
        self.figures.withLock { $0.replays += Int64(batch.count) }
        for write in batch {
            if let failure = self.failure {  // one of those before has met a failing disk
                write.refuse(CatalogError(.readOnly, "the catalog is read-only: \(failure.message)", cause: failure))
            } else {
                self.run([write], in: db, isReplay: true)
            }
        }
    }

    private func transact(_ db: Database, _ body: (WriteTransaction) throws -> Void) throws {
        try db.beginTransaction(.immediate)
        do {
            let transaction = WriteTransaction(db)
            try body(transaction)
            try transaction.flush()
            try self.cache.committing(
                changesOf: transaction.changedFiles,
                removing: transaction.removedBuckets,
                contents: transaction.changedContents
            ) {
                try db.commit()
            }
        } catch {
            do {
                try db.rollback()
            } catch let second {
                throw CatalogError(.storageFailure, "a transaction could not be taken back: \(error)", cause: second)
            }
            throw error
        }
    }

    /// Moves the write-ahead log into the database once it is long enough.
    ///
    /// Done here and not by SQLite itself, whose automatic checkpoint keeps its failures (a failed fsync, too) to
    /// itself. The callers have their answers already.
    private func checkpointWhenDue(_ db: Database) {
        guard self.failure == nil, ConnectionStatus.pagesWritten(db) >= self.configuration.checkpointPages else {
            return
        }
        self.checkpoint(db)
    }

    private func checkpoint(_ db: Database) {
        _ = ConnectionStatus.pagesWritten(db, startAnew: true)
        do {
            let (frames, done) = try db.checkpoint(.passive)
            if done < frames, frames > 4 * self.configuration.checkpointPages {
                // Readers have kept the log from starting anew for too long: wait for them.
                try db.checkpoint(.restart)
            }
            self.figures.withLock { $0.checkpoints += 1 }
        } catch {
            let error = CatalogError(translating: error)
            if error.poisons {
                self.poison(error)
            } else {  // the log goes on growing; the next checkpoint tries again
                self.logger.warning("catalog checkpoint postponed", metadata: ["purser.error": "\(error)"])
            }
        }
    }
}
