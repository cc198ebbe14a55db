import Histogram
import PurserOperations
import Synchronization

/// A piece of the store's work whose time is measured.
public enum StoreStage: String, Sendable, CaseIterable, Codable {
    /// A write of bytes that come in.
    case stagingWrite = "staging_write"
    /// Making a file durable.
    case fsync
    /// Putting a file in its place.
    case rename
    /// Making its name durable.
    case directoryFsync = "directory_fsync"
    /// A read of stored bytes.
    case blobRead = "blob_read"
    /// A transaction of the catalog, from its begin to the end of its commit.
    case catalogCommit = "catalog_commit"
    /// The wait of one write for the catalog's writer.
    case writerWait = "writer_wait"
}

/// How long the pieces of the store's work took, since the start.
///
/// Recording takes a lock of its own per stage for some tens of nanoseconds, and waits some microseconds at most where
/// somebody reads the figures meanwhile.
public final class StoreLatencies: Sendable {
    /// Labels of slow statements that are kept apart; later ones count as `other`.
    static let maxLabels = 100

    /// Holds one histogram: locks cannot stand in an array themselves.
    private final class Stage: Sendable {
        let histogram = Mutex(DurationHistogram())
    }

    private struct Batches {
        /// Writes per transaction.
        var sizes = Histogram<UInt32>(highestTrackableValue: 1_000_000, numberOfSignificantValueDigits: .two)
        var largest = 0
    }

    private let stages: [StoreStage: Stage]
    private let batches = Mutex(Batches())
    private let slow = Mutex<[String: SlowStatementFigures]>([:])

    /// Has measured nothing yet.
    public init() {
        self.stages = Dictionary(uniqueKeysWithValues: StoreStage.allCases.map { ($0, Stage()) })
    }

    /// Takes one in.
    public func record(_ stage: StoreStage, _ duration: Duration) {
        self.stages[stage]?.histogram.withLock { $0.record(duration) }
    }

    /// Takes in a transaction of the catalog: its time, its size, and how long each of its writes had waited for it.
    ///
    /// - Parameters:
    ///   - duration: From its begin to the end of its commit.
    ///   - waits: One per write.
    public func recordCommit(_ duration: Duration, waits: [Duration]) {
        self.record(.catalogCommit, duration)
        self.stages[.writerWait]?.histogram.withLock { histogram in
            for wait in waits { histogram.record(wait) }
        }
        self.batches.withLock { batches in
            _ = batches.sizes.record(UInt64(min(waits.count, 1_000_000)))
            batches.largest = max(batches.largest, waits.count)
        }
    }

    /// Takes in a statement that was slow.
    ///
    /// - Parameters:
    ///   - label: From a closed set.
    ///   - duration: How long it took.
    public func recordSlowStatement(_ label: String, _ duration: Duration) {
        self.slow.withLock { slow in
            let label = slow[label] == nil && slow.count >= Self.maxLabels ? "other" : label
            slow[label, default: SlowStatementFigures()].note(duration)
        }
    }

    /// What they come to.
    public func summary() -> StoreLatencySummary {
        var summary = StoreLatencySummary()
        for (stage, holder) in self.stages {
            // Within the lock, for some microseconds: a copy would make the next one who records copy all counts too.
            summary.stages[stage] = holder.histogram.withLock { $0.summary }
        }
        summary.batchSize = self.batches.withLock { BatchSizeSummary($0.sizes, largest: $0.largest) }
        summary.slowStatements = self.slow.withLock { $0 }
        return summary
    }
}
