import DequeModule

/// The writes that wait, in the order of their arrival.
///
/// A value: it decides, ``GroupCommit`` acts.
struct WriteQueue: Sendable {
    /// What became of a write that arrived.
    enum Arrival {
        /// It waits, and somebody is at work who will come to it.
        case queued
        /// It waits, and the writer has to be started.
        case start
        /// It is not taken.
        case refused(CatalogError)
    }

    let maxBatchItems: Int
    let maxBatchBytes: Int

    private var order = Deque<UInt64>()
    private var writes: [UInt64: QueuedWrite] = [:]
    private var isDraining = false
    private var isClosed = false
    private var nextID: UInt64 = 0

    /// The failure that made the catalog read-only.
    private(set) var failure: CatalogError?

    /// Writes that wait.
    var count: Int { self.writes.count }

    init(maxBatchItems: Int, maxBatchBytes: Int) {
        self.maxBatchItems = max(1, maxBatchItems)
        self.maxBatchBytes = max(1, maxBatchBytes)
    }

    mutating func makeID() -> UInt64 {
        self.nextID += 1
        return self.nextID
    }

    mutating func append(_ write: QueuedWrite, id: UInt64) -> Arrival {
        if self.isClosed {
            return .refused(CatalogError(.closed, "the catalog is closed"))
        }
        if let failure = self.failure {
            return .refused(CatalogError(.readOnly, "the catalog is read-only: \(failure.message)", cause: failure))
        }
        self.order.append(id)
        self.writes[id] = write
        if self.isDraining { return .queued }
        self.isDraining = true
        return .start
    }

    /// Takes a write back, in constant time wherever it stands; `nil` where it has begun or is done.
    mutating func withdraw(_ id: UInt64) -> QueuedWrite? {
        self.writes.removeValue(forKey: id)
    }

    /// Takes the next batch; an empty one ends the drain.
    mutating func takeBatch() -> [QueuedWrite] {
        var batch: [QueuedWrite] = []
        var bytes = 0
        while batch.count < self.maxBatchItems, bytes < self.maxBatchBytes, let id = self.order.popFirst() {
            guard let write = self.writes.removeValue(forKey: id) else { continue }  // withdrawn
            batch.append(write)
            bytes += write.inlineBytes
        }
        if batch.isEmpty {
            self.isDraining = false
        }
        return batch
    }

    /// Ends all writing.
    ///
    /// - Returns: The writes that waited; `nil` where an earlier failure has ended it already.
    mutating func poison(_ failure: CatalogError) -> [QueuedWrite]? {
        guard self.failure == nil else { return nil }
        self.failure = failure
        let waiting = self.order.compactMap { self.writes[$0] }
        self.order.removeAll()
        self.writes.removeAll()
        return waiting
    }

    /// Refuses what arrives from now on; what waits is still done.
    ///
    /// - Returns: Whether this was the first call.
    mutating func close() -> Bool {
        defer { self.isClosed = true }
        return !self.isClosed
    }
}
