import PurserOperations
import Synchronization

/// Bytes of all uploads under way that were written and that no row counts yet.
///
/// The disk knows of them and the counters of the catalog do not: without these, a quota would be overdrawn by uploads
/// that run at the same time.
final class UncommittedBytes: Sendable {
    private let bytes = Atomic<Int64>(0)

    /// How many there are now.
    var count: Int64 { self.bytes.load(ordering: .acquiring) }

    /// Counts bytes in, or with a negative number out.
    func add(_ bytes: Int64) { self.bytes.wrappingAdd(bytes, ordering: .acquiringAndReleasing) }
}

/// Bytes that uploads have brought since the store was opened.
package final class IngestedBytes: Sendable {
    private let bytes = Atomic<Int64>(0)

    /// How many.
    package var count: Int64 { self.bytes.load(ordering: .acquiring) }

    /// Counts an upload in.
    func add(_ bytes: Int64) { self.bytes.wrappingAdd(bytes, ordering: .acquiringAndReleasing) }
}

/// Space on the disk that an upload has reserved and not yet used, and what it has used.
struct SpaceLease {
    /// How much a body of unknown length asks for at a time, in bytes.
    static let step: Int64 = 8 << 20

    private let slot: Slot
    private let uncommitted: UncommittedBytes
    private var reserved: Int64 = 0
    private var written: Int64 = 0

    init(slot: Slot, uncommitted: UncommittedBytes) {
        self.slot = slot
        self.uncommitted = uncommitted
    }

    /// Reserves what was announced.
    mutating func reserve(_ bytes: Int64) throws {
        guard bytes > self.reserved else { return }
        try self.slot.reserveDisk(bytes: bytes - self.reserved)
        self.reserved = bytes
    }

    /// Makes sure that so many bytes in all are reserved, a step ahead where there is room for it.
    mutating func cover(_ bytes: Int64) throws {
        guard bytes > self.reserved else { return }
        do {
            try self.reserve(bytes + Self.step)
        } catch let error as OperationError where error.code == .storeFull {
            try self.reserve(bytes)
        }
    }

    /// Turns reserved into used space, so that the disk's own figure and the reservation do not count it twice.
    mutating func wrote(upTo bytes: Int64) {
        // Counted in one place before it leaves the other: nobody may find the room free in between.
        self.uncommitted.add(bytes - self.written)
        self.slot.wroteDisk(bytes: bytes - self.written)
        self.written = bytes
    }

    /// The bytes are counted by a row now, or are gone.
    mutating func end() {
        self.uncommitted.add(-self.written)
        self.written = 0
    }
}
